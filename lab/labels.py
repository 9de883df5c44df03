# SPDX-License-Identifier: Apache-2.0
"""The connection log as rows of LABELS.csv, held against the capture: one row a connection, neither more nor fewer."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.connection_log import LoggedConnection, Story, Tuple
from lab.failure import LabFailure
from lab.header_cut import ACK, SYN, Segment

COLUMNS = (
    "file", "src_ip", "src_port", "dst_ip", "dst_port", "label", "kind", "source", "group", "evidence", "start", "end",
)  # fmt: skip
SOURCE = "kanaria-lab"

# The capture may show a frame this long after the program closed: the path's delay and TCP's own goodbye.
_LINGER_S = 5.0


@dataclass(frozen=True)
class Label:
    """A logged connection with the times of its first and last captured frame."""

    tuple: Tuple
    story: Story
    start_ns: int
    end_ns: int


def checked_labels(file: str, log: Iterable[LoggedConnection], segments: Iterable[Segment]) -> list[Label]:
    """Labels ordered by their first frame. Fails on a connection that only the log or only the capture knows."""
    seen = _connections(file, segments)
    labels = []
    for entry in log:
        captured = seen.pop(entry.tuple, None)
        if captured is None:
            raise LabFailure(f"{file}: the log has {_text(entry.tuple)}, the capture has no SYN of it")
        first, last = captured[0].frame.time_ns, captured[-1].frame.time_ns
        if first < entry.dialled * 1e9 or (entry.closed and last > (entry.closed + _LINGER_S) * 1e9):
            raise LabFailure(f"{file}: {_text(entry.tuple)} has frames outside the time the log gives it")
        labels.append(Label(entry.tuple, entry.story, first, last))
    if seen:
        raise LabFailure(f"{file}: the capture has {_text(next(iter(seen)))}, which nobody logged")
    return sorted(labels, key=lambda label: label.start_ns)


def _connections(file: str, segments: Iterable[Segment]) -> dict[Tuple, list[Segment]]:
    """Segments by client-to-server tuple; the client is the sender of the first frame, which must be a SYN."""
    connections: dict[Tuple, list[Segment]] = {}
    for segment in segments:
        up, down = segment.source + segment.destination, segment.destination + segment.source
        if down in connections:
            connections[down].append(segment)
        elif up in connections:
            if segment.flags & (SYN | ACK) == SYN and connections[up][0].flags & SYN and len(connections[up]) > 3:
                raise LabFailure(f"{file}: {_text(up)} was used twice")
            connections[up].append(segment)
        elif segment.flags & (SYN | ACK) == SYN:
            connections[up] = [segment]
        else:
            raise LabFailure(f"{file}: {_text(up)} begins without a SYN")
    return connections


def write_labels(file: Path, group: str, labels: dict[str, list[Label]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for capture, rows in labels.items():
            for row in rows:
                story = row.story
                times = (_seconds(row.start_ns), _seconds(row.end_ns))
                writer.writerow((capture, *row.tuple, story.label, story.kind, SOURCE, group, story.evidence, *times))


def _seconds(time_ns: int) -> str:
    return f"{time_ns // 10**9}.{time_ns % 10**9:09d}"


def _text(connection: Tuple) -> str:
    return "{} port {} to {} port {}".format(*connection)
