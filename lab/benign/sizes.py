# SPDX-License-Identifier: Apache-2.0
"""How long one application's values are: log-normal, some nearly all alike, some spread widely. The lab's own."""

from dataclasses import dataclass
from random import Random

from lab.rhythm import drawn_bytes, log_uniform


@dataclass(frozen=True)
class Sizes:
    """`spread` 0: all of the median's length."""

    median: float
    spread: float
    least: int
    most: int

    @staticmethod
    def drawn(random: Random, low: float, high: float, most: int, least: int = 1) -> "Sizes":
        return Sizes(log_uniform(random, low, high), random.choice((0.0, 0.05, 0.3, 0.7, 1.1)), least, most)

    def draw(self, random: Random) -> int:
        return drawn_bytes(random, self.median, self.spread, self.least, self.most)
