# SPDX-License-Identifier: Apache-2.0
"""When something happens: on a clock, at random, or in bursts; and draws over orders of magnitude."""

import math
from dataclasses import dataclass, field
from random import Random


def log_uniform(random: Random, low: float, high: float) -> float:
    """Each order of magnitude is as likely as any other."""
    return math.exp(random.uniform(math.log(low), math.log(high)))


@dataclass
class Rhythm:
    """`jitter`: 0 a clock, 1 exponential gaps. `burst`: mean number of events that come close together."""

    mean_s: float
    jitter: float = 1.0
    burst: float = 1.0
    within_burst_s: float = 0.2
    _left: int = field(default=0, init=False)

    @staticmethod
    def drawn(random: Random, fastest_s: float, slowest_s: float) -> "Rhythm":
        jitter = random.choice((0.0, 0.02, 0.1, 0.5, 1.0, 1.0))
        burst = random.choice((1.0, 1.0, 2.0, 5.0))
        return Rhythm(log_uniform(random, fastest_s, slowest_s), jitter, burst, log_uniform(random, 0.02, 1.0))

    def gap(self, random: Random) -> float:
        """Seconds until the next event."""
        if self._left > 0:
            self._left -= 1
            return random.expovariate(1 / self.within_burst_s)
        if self.burst > 1:
            self._left = int(random.expovariate(1 / (self.burst - 1)) + 0.5)
        return self.mean_s * (1 - self.jitter + random.expovariate(1) * self.jitter)


@dataclass(frozen=True)
class Sizes:
    """Log-normal numbers of bytes between two bounds; `spread` 0: nearly always the same."""

    median: float
    spread: float
    least: int
    most: int

    @staticmethod
    def drawn(random: Random, low: float, high: float, most: int, least: int = 1) -> "Sizes":
        return Sizes(log_uniform(random, low, high), random.choice((0.0, 0.05, 0.3, 0.7, 1.1)), least, most)

    def draw(self, random: Random) -> int:
        return max(self.least, min(self.most, round(self.median * random.lognormvariate(0, self.spread))))
