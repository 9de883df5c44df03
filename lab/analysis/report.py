# SPDX-License-Identifier: Apache-2.0
"""OUT/report.html: what a run of the lab left, for people."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lab.analysis.cumulative_plot import SIZES, TIMES, cumulative_panels
from lab.analysis.distribution import Distribution
from lab.failure import LabFailure
from lab.analysis.figures import LONG_SEGMENTS, Figures, KindFigures, distribution, number
from lab.analysis.page import Axis, Column, Page, Panels
from lab.programs import built

_STEPS = 80  # of a line over time


@dataclass(frozen=True)
class VisitCounts:
    """Of one kind: a visit is what one client does with one server, in one connection or many."""

    begun: int
    ended_early: int  # by a server or the path


@dataclass(frozen=True)
class RunFacts:
    """What the run knows of itself."""

    scenario: str
    title: str
    seed: int
    hosts: int
    minutes: float
    started: float  # epoch seconds
    visits: Mapping[str, VisitCounts] = field(default_factory=dict)
    dropped: int = 0  # packets that tcpdump lost
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Quality:
    """What `kanaria inspect` says of a capture."""

    file: str
    packets: int
    acked_unseen: int
    passes_gate: bool


def capture_quality(captures: Iterable[Path]) -> list[Quality]:
    found = []
    for capture in captures:
        command = [built("kanaria"), "inspect", str(capture), "--format", "json"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LabFailure(done.stderr.strip().removeprefix("kanaria: "))
        said = json.loads(done.stdout)
        quality = said["quality"]
        packets = said["packets"]["tcp"]
        found.append(Quality(capture.name, packets, quality["acked_unseen"], quality["passes_gate"]))
    return found


def write_report(out: Path, facts: RunFacts, figures: Figures) -> None:
    """Reads the captures (*.pcapng) of the folder `out`, and writes its report.html."""
    page = Page(facts.title, _subtitle(facts))
    page.figures(_key_figures(facts, figures))
    for note in facts.notes:
        page.paragraph(note)
    page.heading("Quality")
    _add_quality(page, facts, capture_quality(sorted(out.glob("*.pcapng"))))
    page.heading("Kinds of traffic")
    _add_tables(page, figures.kinds)
    if facts.visits:
        page.heading("Visits")
        _add_visits(page, facts.visits)
    _add_charts(page, figures)
    (out / "report.html").write_text(page.to_html(), encoding="utf-8")


def _subtitle(facts: RunFacts) -> str:
    started = datetime.fromtimestamp(facts.started, UTC)
    return (
        f"Scenario {facts.scenario}, seed {facts.seed}: {facts.hosts:,} hosts for {facts.minutes:g} minutes from "
        f"{started:%Y-%m-%d %H:%M} UTC. Nothing mined: work was a random wait."
    )


def _key_figures(facts: RunFacts, figures: Figures) -> list[tuple[str, str, str]]:
    rows = []
    for label in ("mining", "benign"):
        kinds = [kind for kind in figures.kinds if kind.label == label]
        connections = sum(len(kind.connections) for kind in kinds)
        long_ones = sum(kind.long_connections for kind in kinds)
        note = f"{long_ones:,} of at least {LONG_SEGMENTS} segments; {_kinds(len(kinds))}"
        rows.append((f"Connections, {label}", f"{connections:,}", note))
    hours = sum(kind.hours for kind in figures.kinds)
    segments = sum(kind.up.total() + kind.down.total() for kind in figures.kinds)
    rows.append(("Connection-hours", f"{hours:,.1f}", "first packet to last segment"))
    rows.append(("Segments", f"{segments:,}", "with new payload"))
    return rows


def _kinds(count: int) -> str:
    return f"{count} kind" if count == 1 else f"{count} kinds"


def _add_quality(page: Page, facts: RunFacts, captures: Sequence[Quality]) -> None:
    columns = [Column("Capture"), Column("TCP packets", True), Column("ACKed unseen", True), Column("Gate (10 %)")]
    rows = [
        (each.file, f"{each.packets:,}", _share(each.acked_unseen, each.packets),
         "passed" if each.passes_gate else "failed")
        for each in captures
    ]  # fmt: skip
    page.table(columns, rows, "ACKed unseen: packets that acknowledge bytes which the capture does not hold.")
    page.paragraph(f"tcpdump lost {facts.dropped:,} packets.")


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.2%})" if whole else "0"


def _add_tables(page: Page, kinds: Sequence[KindFigures]) -> None:
    names = ("Connections", f"≥ {LONG_SEGMENTS} segments", "Hours", "Segments up", "Segments down", "Duration, s")
    columns = [Column("Kind"), Column("Label"), *(Column(name, True) for name in names)]
    rows = [
        (kind.kind, kind.label, f"{len(kind.connections):,}", f"{kind.long_connections:,}", f"{kind.hours:,.2f}",
         f"{kind.up.total():,}", f"{kind.down.total():,}", spread(distribution(kind.durations)))
        for kind in kinds
    ]  # fmt: skip
    page.table(columns, rows, "Connections of at least two segments. Duration: median (10 % … 90 %).")
    names = ("Bytes up", "Commonest", "Bytes down", "Commonest", "Gap, s", "Reply, s")
    columns = [Column("Kind"), *(Column(name, name != "Commonest") for name in names)]
    rows = [
        (kind.kind, spread(distribution(kind.up)), commonest(kind.up), spread(distribution(kind.down)),
         commonest(kind.down), spread(distribution(kind.gaps.values)), spread(distribution(kind.replies.values)))
        for kind in kinds
    ]  # fmt: skip
    page.table(
        columns,
        rows,
        "Payload of segments, time from one segment to the next, and from a client's segment to the server's that "
        "follows it: median (10 % … 90 %). Commonest: the three commonest sizes and their share.",
    )


def spread(values: Distribution | None) -> str:
    if not values:
        return "–"
    low, middle, high = (number(values.quantile(share)) for share in (0.1, 0.5, 0.9))
    return f"{middle} ({low} … {high})"


def commonest(sizes: Mapping[int, int]) -> str:
    total = sum(sizes.values())
    first = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:3]
    return ", ".join(f"{size} ({count / total:.0%})" for size, count in first)


def _add_visits(page: Page, visits: Mapping[str, VisitCounts]) -> None:
    columns = [Column("Kind"), Column("Begun", True), Column("Ended early", True)]
    rows = [(kind, f"{count.begun:,}", f"{count.ended_early:,}") for kind, count in sorted(visits.items())]
    page.table(columns, rows, "A visit is what one client does with one server, in one connection or many. It ends early when the server or the "
    "path fails; then the client tries again.")


def _add_charts(page: Page, figures: Figures) -> None:
    kinds = figures.kinds
    if not kinds:
        return
    page.heading("Payload sizes")
    sizes = {kind.kind: [distribution(kind.up), distribution(kind.down)] for kind in kinds}
    page.panels(
        cumulative_panels(SIZES, ("up", "down"), sizes),
        "Share of segments whose payload is at most so long, by kind, mining first. A step is a size that is sent "
        "again and again.",
    )
    page.heading("Gaps and reply times")
    times = {kind.kind: [distribution(kind.gaps.values), distribution(kind.replies.values)] for kind in kinds}
    page.panels(
        cumulative_panels(TIMES, ("gap", "reply"), times),
        "Share of gaps between two segments, and of times from a client's segment to the server's that follows it, "
        "that are at most so long.",
    )
    page.heading("Live connections")
    live = {kind.kind: [live_connections(kind, figures.start, figures.end)] for kind in kinds}
    minutes = Axis("minutes", domain=(0.0, max(1.0, (figures.end - figures.start) / 60)))
    page.panels(
        Panels(minutes, Axis("connections"), ("connections",), live),
        "Connections that live at a time, each from its first packet to its last segment.",
    )


def live_connections(kind: KindFigures, start: float, end: float) -> list[tuple[float, float]]:
    """(minutes since `start`, connections) at equal steps up to `end`."""
    changes = sorted(
        [(connection.start, 1) for connection in kind.connections]
        + [(connection.end, -1) for connection in kind.connections]
    )
    points, alive, next_change = [], 0, 0
    for step in range(_STEPS + 1):
        at = start + (end - start) * step / _STEPS
        while next_change < len(changes) and changes[next_change][0] <= at:
            alive += changes[next_change][1]
            next_change += 1
        points.append((round((at - start) / 60, 3), float(alive)))
    return points
