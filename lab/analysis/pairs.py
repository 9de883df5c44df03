# SPDX-License-Identifier: Apache-2.0
"""Segments of labelled connections, out of the rows that `kanaria dataset LABELS.csv` writes (docs/dataset.md).

A row of the lens `pair` is two consecutive segments of a connection, with the second one's time. So a connection's
first segment is known by size and direction alone, and the time between the first two segments is not known.
"""

import csv
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from lab.failure import LabFailure
from lab.programs import built

_COLUMNS = (
    "capture", "connection", "start", "time", "label", "kind", "direction_1", "length_1", "direction_2", "length_2",
)  # fmt: skip


class Connection:
    """As far as it has been read. Times in epoch seconds: of the first packet, and of the last segment."""

    __slots__ = ("label", "kind", "start", "end", "segments")

    def __init__(self, label: str, kind: str, start: float) -> None:
        self.label, self.kind, self.start, self.end, self.segments = label, kind, start, start, 0

    @property
    def duration(self) -> float:
        return max(0.0, self.end - self.start)


class Segment(NamedTuple):
    connection: Connection
    is_up: bool  # from the client to the server
    length: int  # new payload bytes
    follows_up: bool | None  # the direction of the segment before; None: there is none
    gap: float | None  # seconds since the segment before; None: not known


def segments_of(rows: Iterable[str]) -> Iterator[Segment]:
    """In the order of the rows, first of which are the columns' names; each connection's own are in order."""
    reader = csv.reader(rows)
    columns = next(reader, list(_COLUMNS))
    absent = [name for name in _COLUMNS if name not in columns]
    if absent:
        raise LabFailure(f"the rows of segments have no column '{absent[0]}'; see docs/dataset.md")
    capture, name, start, time, label, kind, first_way, first_length, way, length = map(columns.index, _COLUMNS)
    known: dict[tuple[str, str], Connection] = {}
    for row in reader:
        at = float(row[time])
        follows_up = row[first_way] == "0"
        connection = known.get((row[capture], row[name]))
        gap = None
        if connection is None:
            connection = Connection(row[label], row[kind], float(row[start]))
            known[row[capture], row[name]] = connection
            connection.segments = 1
            yield Segment(connection, follows_up, int(float(row[first_length])), None, None)
        else:
            gap = max(0.0, at - connection.end)  # a clock may have been set back
        connection.end = at
        connection.segments += 1
        yield Segment(connection, row[way] == "0", int(float(row[length])), follows_up, gap)


def labelled_segments(labels: Path) -> Iterator[Segment]:
    """Of all captures that LABELS.csv names. LabFailure, in kanaria's first words, when one cannot be read whole."""
    command = [built("kanaria"), "dataset", str(labels), "--lens", "pair"]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, encoding="utf-8"
        ) as program:
            assert program.stdout
            yield from segments_of(program.stdout)
        if program.returncode:
            said.seek(0)
            raise LabFailure(said.readline().strip().removeprefix("kanaria: "))
