# SPDX-License-Identifier: Apache-2.0
"""Names that programs give to sessions, jobs and people: digits, hexadecimal, base58, base64 or a UUID.

Base58: Bitcoin's alphabet (Bitcoin wiki, "Base58Check encoding"). UUID: RFC 9562.
"""

import base64
import enum
import uuid
from dataclasses import dataclass
from random import Random

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def random_hex(random: Random, digits: int) -> str:
    return f"{random.getrandbits(4 * digits):0{digits}x}" if digits else ""


def random_digits(random: Random, digits: int) -> str:
    return str(random.randrange(10 ** (digits - 1), 10**digits))


def random_base58(random: Random, characters: int) -> str:
    return "".join(random.choices(_BASE58, k=characters))


class IdForm(enum.Enum):
    DIGITS = enum.auto()
    HEX = enum.auto()
    BASE64 = enum.auto()
    UUID = enum.auto()


@dataclass(frozen=True)
class IdStyle:
    form: IdForm
    characters: int

    def draw(self, random: Random) -> str:
        if self.form is IdForm.DIGITS:
            return random_digits(random, self.characters)
        if self.form is IdForm.HEX:
            return random_hex(random, self.characters)
        if self.form is IdForm.BASE64:
            return base64.b64encode(random.randbytes(self.characters * 3 // 4)).decode()
        return str(uuid.UUID(int=random.getrandbits(128), version=4))


DIGITS_6, DIGITS_15 = IdStyle(IdForm.DIGITS, 6), IdStyle(IdForm.DIGITS, 15)
HEX_8, HEX_16, HEX_32 = IdStyle(IdForm.HEX, 8), IdStyle(IdForm.HEX, 16), IdStyle(IdForm.HEX, 32)
BASE64_28 = IdStyle(IdForm.BASE64, 28)
UUID_36 = IdStyle(IdForm.UUID, 36)
