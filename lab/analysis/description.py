# SPDX-License-Identifier: Apache-2.0
"""Figures of a labelled capture as Markdown: a table by kind, and what holds for all of it."""

from collections.abc import Iterable, Sequence

from lab.analysis.figures import LONG_SEGMENTS, Figures, KindFigures, distribution, number
from lab.analysis.report import commonest

_LONG_S = 600
COLUMNS = (
    "kind", "connections", f"≥ {LONG_SEGMENTS} segments", "≥ 10 min", "hours", "segments", "commonest up",
    "commonest down", "gap", "reply",
)  # fmt: skip


def description(figures: Figures) -> str:
    lines = []
    for label in ("mining", "benign"):
        rows = [_row(kind) for kind in figures.kinds if kind.label == label]
        if rows:
            lines += ["", _cells((label, *COLUMNS[1:])), _cells(["---", *(["---:"] * 5), *(["---"] * 4)])]
            lines += map(_cells, rows)
    return "\n".join([*lines[1:], "", *_summary(figures), ""])


def _row(kind: KindFigures) -> tuple[str, ...]:
    return (
        kind.kind, f"{len(kind.connections):,}", f"{kind.long_connections:,}", f"{_lasting(kind):,}",
        f"{kind.hours:,.1f}", f"{kind.up.total() + kind.down.total():,}", commonest(kind.up), commonest(kind.down),
        _median(kind.gaps.values), _median(kind.replies.values),
    )  # fmt: skip


def _lasting(kind: KindFigures) -> int:
    return sum(duration >= _LONG_S for duration in kind.durations)


def _median(values: Iterable[float]) -> str:
    found = distribution(values)
    return f"{number(found.quantile(0.5))} s" if found else "–"


def _cells(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _summary(figures: Figures) -> list[str]:
    lines = []
    for label in ("mining", "benign"):
        kinds = [kind for kind in figures.kinds if kind.label == label]
        connections, long_ones = sum(len(k.connections) for k in kinds), sum(k.long_connections for k in kinds)
        hours, lasting = sum(kind.hours for kind in kinds), sum(map(_lasting, kinds))
        lines.append(
            f"{label.capitalize()}: {len(kinds)} kinds, {connections:,} connections, {long_ones:,} of at least "
            f"{LONG_SEGMENTS} segments, {lasting:,} of ten minutes or more, {hours:,.1f} connection-hours."
        )
    everything = sum(len(kind.connections) for kind in figures.kinds)
    largest = max(figures.kinds, key=lambda kind: len(kind.connections))
    lines.append(
        f"Live at once: up to {_most_live(figures):,}. Largest kind: {largest.kind}, "
        f"{len(largest.connections) / everything:.1%} of the connections."
    )
    return lines


def _most_live(figures: Figures) -> int:
    changes = []
    for kind in figures.kinds:
        for connection in kind.connections:
            changes += [(connection.start, 1), (connection.end, -1)]
    live = most = 0
    for _, change in sorted(changes):
        live += change
        most = max(most, live)
    return most
