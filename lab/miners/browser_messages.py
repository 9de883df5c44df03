# SPDX-License-Identifier: Apache-2.0
"""Messages between browser miners of Coinhive's family and their servers: compact JSON in WebSocket text frames.

Messages: x25/coinhive-stratum-mining-proxy, xdavidwu/stratum-to-coinhive, deepwn/deepMiner web/lib/deepMiner.js and
server.js. What differs between the services is a `Library`.
"""

import base64
import json
from dataclasses import dataclass
from random import Random

from lab.identifier import random_hex
from lab.miners.json_rpc import Message

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_HEX = "0123456789abcdef"


@dataclass(frozen=True)
class Library:
    """A service's JavaScript."""

    name: str
    key_characters: int
    key_letters: str = _LETTERS
    version: int = 7
    opt_in: bool = False  # the visitor was asked, which the token says
    verifies: bool = False  # asks browsers to check shares of others
    base64_share: float = 0.0  # of its servers that want messages in base64
    always_usual_target: bool = False


COINHIVE = Library("coinhive", 32, verifies=True, always_usual_target=True)
COINHIVE_OPT_IN = Library("coinhive-opt-in", 32, opt_in=True, verifies=True, always_usual_target=True)
CRYPTO_LOOT = Library("crypto-loot", 44, _HEX, base64_share=0.15)
DEEPMINER = Library("deepminer", 32)
COINIMP = Library("coinimp", 64, _HEX, base64_share=0.5)

# Length of the opt-in token that makes the auth message as long as the measured one (187 characters).
_TOKEN_CHARACTERS = 43
_VERIFY_CHARACTERS, _VERIFIED_CHARACTERS = 308, 145


@dataclass(frozen=True)
class Wire:
    """How one service's messages are written."""

    in_base64: bool = False

    def write(self, kind: str, params: Message) -> str:
        text = json.dumps({"type": kind, "params": params}, separators=(",", ":"))
        return base64.b64encode(text.encode()).decode() if self.in_base64 else text

    def read(self, payload: bytes) -> Message:
        return json.loads(base64.b64decode(payload) if self.in_base64 else payload)


def site_key(library: Library, random: Random) -> str:
    return "".join(random.choices(library.key_letters, k=library.key_characters))


def auth(library: Library, key: str, random: Random) -> Message:
    """`key` belongs to the page, the rest to the visitor."""
    user = random.choice((None, None, None, f"visitor{random.randrange(10 ** random.randint(2, 8))}"))
    params: Message = {"version": library.version, "site_key": key, "type": "user" if user else "anonymous"}
    params |= {"user": user, "goal": 0}
    return params | ({"opt_in": random_hex(random, _TOKEN_CHARACTERS)} if library.opt_in else {})


def submit(library: Library, job_id: str, random: Random) -> Message:
    found = {"job_id": job_id, "nonce": random_hex(random, 8), "result": random_hex(random, 64)}
    return {"version": library.version} | found


def verify(random: Random) -> Message:
    """Another browser's share to be checked. Meaning and fields are inferred, sizes measured."""
    params: Message = {"verify_id": str(random.randrange(10**14, 10**15)), "nonce": random_hex(random, 8)}
    params |= {"result": random_hex(random, 64)}
    return params | {"blob": random_hex(random, _VERIFY_CHARACTERS - _length("verify", params | {"blob": ""}))}


def verified(asked: Message, random: Random) -> Message:
    params: Message = {"verify_id": asked["verify_id"], "verified": True, "result": ""}
    return params | {"result": random_hex(random, _VERIFIED_CHARACTERS - _length("verified", params))}


def target(difficulty: int) -> str:
    """32 bits, little-endian; 256 is Coinhive's ffffff00."""
    return ((2**32 - 1) // difficulty).to_bytes(4, "little").hex()


def difficulty(target_: str) -> float:
    """Of 32 or 64 bits."""
    return 2 ** (4 * len(target_)) / int.from_bytes(bytes.fromhex(target_), "little")


def _length(kind: str, params: Message) -> int:
    return len(Wire().write(kind, params))
