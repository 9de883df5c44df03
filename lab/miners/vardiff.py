# SPDX-License-Identifier: Apache-2.0
"""Variable difficulty: a pool asks each miner for so many shares a minute as it likes to check.

Rule and usual settings, as commonly documented: node-stratum-pool (targetTime 15 s, retargetTime 90 s, variancePercent
30), Snipa22/nodejs-pool (30 s, 60 s, a fifth), ckpool (about 3.3 s). Drawn between them and somewhat wider.
"""

import math
from dataclasses import dataclass
from random import Random

# A step is never larger than this, either way.
_LARGEST_STEP = 8.0


@dataclass(frozen=True)
class Vardiff:
    target_s: float
    period_s: float
    tolerance: float
    powers_of_two: bool

    @staticmethod
    def drawn(random: Random) -> "Vardiff":
        return Vardiff(
            target_s=random.choice((3.3, 5, 6, 8, 10, 12, 15, 15, 20, 30)) * random.uniform(0.9, 1.1),
            period_s=random.uniform(30, 120),
            tolerance=random.uniform(0.2, 0.5),
            powers_of_two=random.random() < 0.3,
        )


class Difficulty:
    """One miner's. `value` is the expected number of hashes a share."""

    def __init__(self, first: float, rule: Vardiff | None, now: float) -> None:
        self.value, self._rule = first, rule
        self._since, self._shares = now, 0

    def count_share(self) -> None:
        self._shares += 1

    def retargeted(self, now: float) -> bool:
        """Whether `value` has just changed."""
        if not self._rule or now - self._since < self._rule.period_s:
            return False
        # Without any share, twice the time passed is a guess that lowers the difficulty.
        mean_s = (now - self._since) / max(self._shares, 0.5)
        self._since, self._shares = now, 0
        if abs(mean_s / self._rule.target_s - 1) <= self._rule.tolerance:
            return False
        factor = min(_LARGEST_STEP, max(1 / _LARGEST_STEP, self._rule.target_s / mean_s))
        if self._rule.powers_of_two:
            factor = 2.0 ** round(math.log2(factor))
        self.value *= factor
        return factor != 1
