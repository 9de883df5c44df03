# SPDX-License-Identifier: Apache-2.0
"""Empirical distributions of weighted values, samples of a stream, and how far two distributions are apart."""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from random import Random


class Distribution:
    """Cumulative shares of the values, by their weights. Not empty."""

    def __init__(self, weights: Mapping[float, float]) -> None:
        self.values = sorted(weights)
        total = math.fsum(weights.values())
        self.shares = [weight / total for weight in accumulate(weights[value] for value in self.values)]
        self.shares[-1] = 1.0  # whatever the rounding

    def quantile(self, share: float) -> float:
        """The smallest value with at least this share of the weight at or below it."""
        return self.values[min(bisect_left(self.shares, share - 1e-12), len(self.values) - 1)]

    def commonest(self) -> float:
        """The value with most weight; of several the smallest."""
        weights = [round(share - before, 12) for share, before in zip(self.shares, [0.0, *self.shares])]
        return self.values[weights.index(max(weights))]

    def share_up_to(self, value: float) -> float:
        count = bisect_right(self.values, value)
        return self.shares[count - 1] if count else 0.0


def _steps(one: Distribution, other: Distribution) -> Iterator[tuple[float, float]]:
    """Each value of either, and the difference of their cumulative shares from there to the next value."""
    i = j = 0
    share = other_share = 0.0
    while i < len(one.values) or j < len(other.values):
        value = min(one.values[i] if i < len(one.values) else math.inf,
                    other.values[j] if j < len(other.values) else math.inf)  # fmt: skip
        if i < len(one.values) and one.values[i] == value:
            share, i = one.shares[i], i + 1
        if j < len(other.values) and other.values[j] == value:
            other_share, j = other.shares[j], j + 1
        yield value, abs(share - other_share)


def kolmogorov_smirnov(one: Distribution, other: Distribution) -> float:
    """The largest difference of the cumulative shares: 0 the same, 1 nothing in common."""
    return max(difference for _, difference in _steps(one, other))


def log_wasserstein(one: Distribution, other: Distribution) -> float:
    """How far the weight has to be moved on average to turn one into the other, in factors of ten. Values above 0."""
    distance = last_place = last_difference = 0.0
    for value, difference in _steps(one, other):
        place = math.log10(value)
        distance += last_difference * (place - last_place)
        last_place, last_difference = place, difference
    return distance


class Sample:
    """At most `limit` values of a stream, each with the same chance (Vitter 1985, algorithm R)."""

    __slots__ = ("count", "values", "_limit", "_random")

    def __init__(self, limit: int, random: Random) -> None:
        self.count, self.values = 0, array("d")
        self._limit, self._random = limit, random

    def add(self, value: float) -> None:
        self.count += 1
        if len(self.values) < self._limit:
            self.values.append(value)
        elif (place := int(self._random.random() * self.count)) < self._limit:
            self.values[place] = value
