# SPDX-License-Identifier: Apache-2.0
"""When things happen: gaps of clocks, of people, of independent events, of events that come in bursts.

Human gaps are log-normal (Malmgren et al., PNAS 105, 2008, on e-mail; Dhakal et al., CHI 2018, on typing); machines
keep a period with a jitter of their own.
"""

import asyncio
import math
from collections.abc import Sequence
from random import Random

CLOCK, POISSON, HUMAN, BURSTS = "clock", "poisson", "human", "bursts"
MACHINE_FORMS = (CLOCK, POISSON, BURSTS)


def log_uniform(random: Random, low: float, high: float) -> float:
    """Each factor of two is as likely as the next."""
    return math.exp(random.uniform(math.log(low), math.log(high)))


class Rhythm:
    """Gaps in seconds with a given mean."""

    def __init__(self, random: Random, form: str, mean_s: float, spread: float) -> None:
        """`spread`: a clock's jitter as a share of its period, the sigma of human gaps, the length of bursts."""
        self.form, self.mean_s = form, mean_s
        self._random, self._spread = random, spread

    @staticmethod
    def drawn(random: Random, mean_s: tuple[float, float], forms: Sequence[str]) -> "Rhythm":
        form = random.choice(forms)
        spread = {
            CLOCK: log_uniform(random, 0.001, 0.2),
            POISSON: 0.0,
            HUMAN: random.uniform(0.5, 1.4),
            BURSTS: random.uniform(2, 9),
        }
        return Rhythm(random, form, log_uniform(random, *mean_s), spread[form])

    def gap(self) -> float:
        mean_s, spread = self.mean_s, self._spread
        if self.form == CLOCK:
            return mean_s * self._random.uniform(1 - spread, 1 + spread)
        if self.form == HUMAN:
            return mean_s * self._random.lognormvariate(-spread * spread / 2, spread)
        if self.form == BURSTS:
            # Of `spread` gaps one is long, and the long ones take nine tenths of the time.
            if self._random.random() < 1 / spread:
                return self._random.expovariate(1 / (0.9 * mean_s * spread))
            return self._random.expovariate((1 - 1 / spread) / (0.1 * mean_s))
        return self._random.expovariate(1 / mean_s)

    async def sleep(self, slowness: float = 1.0) -> None:
        await asyncio.sleep(self.gap() * slowness)


def drawn_bytes(random: Random, median: float, sigma: float, smallest: int, largest: int) -> int:
    """A log-normal size within bounds."""
    return max(smallest, min(largest, int(median * random.lognormvariate(0, sigma))))
