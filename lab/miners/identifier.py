# SPDX-License-Identifier: Apache-2.0
"""Names that servers give to sessions and jobs: a counter's digits, hexadecimal, base64 or a UUID."""

import base64
import enum
import uuid
from dataclasses import dataclass
from random import Random

from lab.miners.json_lines import random_digits, random_hex


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
