# SPDX-License-Identifier: Apache-2.0
"""How far the lab's connections of a kind are from public ones of the same kind, and how far public ones are from
each other.

Every connection weighs the same, however long it is: its values share the weight 1.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from lab.analysis.distribution import Distribution, Sample, kolmogorov_smirnov, log_wasserstein
from lab.analysis.pairs import Connection, Segment

QUANTITIES = ("size up", "size down", "gap", "reply time")
# No verdict comes earlier than this many messages (docs/definitions.md); shorter connections are not compared.
FEWEST_SEGMENTS = 8

_KEPT = 500  # values of a connection, of each quantity
_HALVINGS = 20
_ROUNDING = 1e-9  # of sums of weights
_CLOCK_S = 1e-6  # of most captures: shorter times are taken for this


class ConnectionValues:
    """Sizes in bytes, times in seconds."""

    def __init__(self, connection: Connection, random: Random) -> None:
        self.connection = connection
        self._random = random
        self.samples: dict[str, Sample] = {}

    def add(self, segment: Segment) -> None:
        self._add("size up" if segment.is_up else "size down", segment.length)
        if role := role_of(segment):
            self._add(role, segment.length)
        if segment.gap is not None:
            gap = max(segment.gap, _CLOCK_S)
            self._add("gap", gap)
            if role == "reply":
                self._add("reply time", gap)

    def _add(self, name: str, value: float) -> None:
        if name not in self.samples:
            self.samples[name] = Sample(_KEPT, self._random)
        self.samples[name].add(value)


def role_of(segment: Segment) -> str | None:
    """What it is in a conversation of logins, jobs, submits and replies, by order and direction alone."""
    if segment.is_up:
        return "login" if segment.follows_up is None else "submit"
    if segment.follows_up is None:
        return None
    return "reply" if segment.follows_up else "job"


def values_by_kind(segments: Iterable[Segment], kinds: Iterable[str]) -> dict[str, list[ConnectionValues]]:
    """Of the connections that are long enough; kinds without one are left out. No kind changes another's sample."""
    randoms = {kind: Random(kind) for kind in kinds}
    known: dict[Connection, ConnectionValues] = {}
    for segment in segments:
        connection = segment.connection
        if connection.kind in randoms:
            if connection not in known:
                known[connection] = ConnectionValues(connection, randoms[connection.kind])
            known[connection].add(segment)
    found: dict[str, list[ConnectionValues]] = defaultdict(list)
    for connection, values in known.items():
        if connection.segments >= FEWEST_SEGMENTS:
            found[connection.kind].append(values)
    return dict(found)


@dataclass(frozen=True)
class Side:
    """One quantity of one kind on one side."""

    samples: Sequence[Sample]  # one of each connection that has such values

    @property
    def connections(self) -> int:
        return len(self.samples)

    @property
    def values(self) -> int:
        return sum(sample.count for sample in self.samples)

    def distribution(self) -> Distribution:
        return pooled(self.samples)


def side(connections: Iterable[ConnectionValues], name: str) -> Side | None:
    samples = [each.samples[name] for each in connections if name in each.samples]
    return Side(samples) if samples else None


def pooled(samples: Iterable[Sample]) -> Distribution:
    weights: dict[float, float] = defaultdict(float)
    for sample in samples:
        for value in sample.values:
            weights[value] += 1 / len(sample.values)
    return Distribution(weights)


@dataclass(frozen=True)
class Apart:
    """Of two distributions."""

    ks: float  # Kolmogorov and Smirnov's statistic
    log_w: float  # Wasserstein distance of the values' logarithms to base 10


def apart(one: Distribution, other: Distribution) -> Apart:
    return Apart(kolmogorov_smirnov(one, other), log_wasserstein(one, other))


def noise_floor(samples: Sequence[Sample], seed: int = 1) -> Apart | None:
    """The median distance of two random halves of the connections; None for a single connection."""
    if len(samples) < 2:
        return None
    random, shuffled, found = Random(seed), list(samples), []
    for _ in range(_HALVINGS):
        random.shuffle(shuffled)
        middle = len(shuffled) // 2
        found.append(apart(pooled(shuffled[:middle]), pooled(shuffled[middle:])))
    return Apart(statistics.median(each.ks for each in found), statistics.median(each.log_w for each in found))


@dataclass(frozen=True)
class Comparison:
    quantity: str
    lab_kind: str
    public_kind: str
    lab: Side
    public: Side
    distance: Apart
    noise: Apart | None

    @property
    def is_beyond_noise(self) -> bool:
        return self.noise is None or self.distance.ks > self.noise.ks + _ROUNDING


def compare(
    lab: Mapping[str, list[ConnectionValues]],
    public: Mapping[str, list[ConnectionValues]],
    kinds: Mapping[str, Sequence[str]],
) -> list[Comparison]:
    """Of all pairs of kinds that are there on both sides; the largest distance first."""
    floors: dict[tuple[str, str], Apart | None] = {}
    found = []
    for lab_kind, public_kinds in kinds.items():
        for public_kind in public_kinds:
            for quantity in QUANTITIES:
                ours, theirs = side(lab.get(lab_kind, ()), quantity), side(public.get(public_kind, ()), quantity)
                if not ours or not theirs:
                    continue
                if (public_kind, quantity) not in floors:
                    floors[public_kind, quantity] = noise_floor(theirs.samples)
                distance = apart(ours.distribution(), theirs.distribution())
                floor = floors[public_kind, quantity]
                found.append(Comparison(quantity, lab_kind, public_kind, ours, theirs, distance, floor))
    return sorted(found, key=lambda each: -each.distance.ks)
