# SPDX-License-Identifier: Apache-2.0
"""Who mines: names, passwords and speed as people choose them. Made up, in the forms that pools' help pages show."""

import math
from dataclasses import dataclass
from random import Random

from lab.activity import Visit
from lab.identifier import random_base58

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_HEX = "0123456789abcdef"
_WORKERS = (
    "rig{}", "rig{:02}", "worker{}", "miner{}", "{}", "w{:03}", "gpu{}", "home", "farm-a-{:04}", "DESKTOP-{:07}",
    "s19-{}",
)  # fmt: skip
_PASSWORDS = ("x", "x", "x", "", "123", "d=4096", "anything", "password", "x,stale=0", "11111111")
# Spread of hash rates: two of three between a third and three times the usual, one of a hundred beyond 13 times.
_SPREAD = 1.1


@dataclass(frozen=True)
class Rig:
    """`user` is what the pool pays to; `workers` share one connection, most often there is one."""

    user: str
    workers: tuple[str, ...]
    password: str
    hashes_per_s: float
    # New work reaches all chips after this time; a share found before is for the old job.
    switch_s: float

    @property
    def first_login(self) -> str:
        return self.login(self.workers[0])

    def login(self, worker: str) -> str:
        return f"{self.user}.{worker}" if worker else self.user


def drawn_rig(visit: Visit, usual_hashes_per_s: float, user: str, workers: int = 1) -> Rig:
    """A slow client (the visit's slowness) finds shares so much more rarely."""
    random = visit.random
    names = tuple(worker_name(random) for _ in range(workers))
    speed = usual_hashes_per_s * math.exp(random.gauss(0, _SPREAD)) * workers / visit.slowness
    switch_s = math.exp(random.gauss(math.log(0.05), 1.0))
    return Rig(user, names, random.choice(_PASSWORDS), speed, min(switch_s, 1.0))


def worker_name(random: Random) -> str:
    if random.random() < 0.1:
        return ""
    return random.choice(_WORKERS).format(random.randrange(1, 60))


def hex_address(random: Random) -> str:
    return "0x" + "".join(random.choices(_HEX, k=40))


def base58_address(random: Random, prefix: str, length: int) -> str:
    return prefix + random_base58(random, length - len(prefix))


def bech32_address(random: Random, prefix: str, length: int) -> str:
    return prefix + "".join(random.choices(_BECH32, k=length - len(prefix)))


def account_name(random: Random) -> str:
    """At pools with accounts."""
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=random.randrange(4, 15)))
