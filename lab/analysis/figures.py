# SPDX-License-Identifier: Apache-2.0
"""What a labelled capture holds, by kind: connections, and the sizes and times of their segments."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from lab.analysis.distribution import Distribution, Sample
from lab.analysis.pairs import Connection, Segment, labelled_segments

# As many segments as a connection needs to count as one that a detector can judge (shared by the project's corpora).
LONG_SEGMENTS = 24
# Values kept of each kind's gaps and replies: quantiles are then off by a percent of the segments or less.
_KEPT = 20_000


@dataclass
class KindFigures:
    """All times in seconds, all sizes in bytes. A connection of fewer than two segments is not counted."""

    label: str
    kind: str
    gaps: Sample  # from each segment to the next
    replies: Sample  # of these, from a client's segment to a server's
    up: Counter[int] = field(default_factory=Counter)  # payload size -> segments, client to server
    down: Counter[int] = field(default_factory=Counter)
    connections: list[Connection] = field(default_factory=list)

    def add(self, segment: Segment) -> None:
        if segment.follows_up is None:
            self.connections.append(segment.connection)
        (self.up if segment.is_up else self.down)[segment.length] += 1
        if segment.gap is not None:
            self.gaps.add(segment.gap)
            if segment.follows_up and not segment.is_up:
                self.replies.add(segment.gap)

    @property
    def long_connections(self) -> int:
        return sum(connection.segments >= LONG_SEGMENTS for connection in self.connections)

    @property
    def hours(self) -> float:
        """Of all connections together, each from its first packet to its last segment."""
        return sum(connection.duration for connection in self.connections) / 3600

    @property
    def durations(self) -> Sequence[float]:
        return [connection.duration for connection in self.connections]


@dataclass(frozen=True)
class Figures:
    kinds: list[KindFigures]  # mining first, then by name

    @property
    def start(self) -> float:
        """Of the first connection, epoch seconds."""
        return min((connection.start for kind in self.kinds for connection in kind.connections), default=0.0)

    @property
    def end(self) -> float:
        """Of the last segment."""
        return max((connection.end for kind in self.kinds for connection in kind.connections), default=0.0)


def figures_of(segments: Iterable[Segment], seed: int = 1) -> Figures:
    """Memory follows connections and different sizes, not segments."""
    kinds: dict[tuple[str, str], KindFigures] = {}
    for segment in segments:
        connection = segment.connection
        key = (connection.label, connection.kind)
        if key not in kinds:
            random = Random(f"{seed}/{key}")
            kinds[key] = KindFigures(*key, Sample(_KEPT, random), Sample(_KEPT, random))
        kinds[key].add(segment)
    return Figures(sorted(kinds.values(), key=lambda each: (each.label != "mining", each.kind)))


def read_figures(labels: Path) -> Figures:
    return figures_of(labelled_segments(labels))


def distribution(values: Iterable[float]) -> Distribution | None:
    """Of equally weighted values, or of a Counter's; None when there is none."""
    weights = values if isinstance(values, Counter) else Counter(values)
    return Distribution(weights) if weights else None


def number(value: float) -> str:
    """Three digits that count, never in powers of ten."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2g}" if 1e-4 <= value < 1 else f"{value:.3g}" if value >= 1 else "< 0.0001"
