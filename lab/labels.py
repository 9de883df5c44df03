# SPDX-License-Identifier: Apache-2.0
"""The connection log as rows of LABELS.csv, held against the capture: one row a connection, neither more nor fewer.

What is in the capture is told by `kanaria detect --all`, which knows nothing of the log.
"""

import csv
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lab.connection_log import ConnectionLog, LoggedConnection, Story, Tuple
from lab.failure import LabFailure
from lab.programs import built

COLUMNS = (
    "file", "src_ip", "src_port", "dst_ip", "dst_port", "label", "kind", "source", "group", "evidence", "start", "end",
)  # fmt: skip
SOURCE = "kanaria-lab"
_UNKNOWN = Story("unknown", "", "in the capture, but nobody logged it")

# The capture may show a frame this long after the program closed: retransmissions and TCP's own goodbye.
_LINGER_S = 30.0
# A SYN is dialled before it is seen; both clocks are one machine's.
_EARLY_S = 0.001


@dataclass(frozen=True)
class Captured:
    """A connection of the capture; times as the capture has them, in epoch seconds."""

    tuple: Tuple
    start: str
    end: str


@dataclass
class Labels:
    rows: list[tuple[Captured, Story]] = field(default_factory=list)
    # Sentences about what log and capture do not agree on; empty in a good run.
    disagreements: list[str] = field(default_factory=list)


def captured_connections(capture: Path) -> list[Captured]:
    command = [str(built("kanaria")), "detect", "-r", str(capture), "--all", "--format", "csv", "--lens", "pair"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout and program.stderr
        found = [
            Captured(
                (row["src_ip"], int(row["src_port"]), row["dest_ip"], int(row["dest_port"])), row["start"], row["end"]
            )
            for row in csv.DictReader(program.stdout)
        ]
        said = program.stderr.read()
    if program.returncode != 0:
        raise LabFailure(f"'kanaria detect' could not read the capture: {said.strip()}")
    return found


def make_labels(log: ConnectionLog, captured: Iterable[Captured]) -> Labels:
    """Labels in the order of the capture. What nobody logged gets the label `unknown`."""
    dialled: dict[Tuple, list[LoggedConnection]] = defaultdict(list)
    for entry in log.connections:
        dialled[entry.tuple].append(entry)
    seen: set[int] = set()
    labels = Labels()
    for connection in captured:
        entry = _entry_of(connection, dialled.get(connection.tuple, ()))
        if entry:
            seen.add(id(entry))
            story = entry.story
        else:
            client, _, server, port = connection.tuple
            story = log.claims.get((client, server, port), _UNKNOWN)
            if story is _UNKNOWN:
                labels.disagreements.append(f"the capture has {_text(connection.tuple)}, which nobody logged")
        labels.rows.append((connection, story))
    for entry in log.connections:
        if id(entry) not in seen:
            labels.disagreements.append(f"the log has {_text(entry.tuple)} ({entry.story.kind}), the capture has not")
    return labels


def _entry_of(connection: Captured, entries: Iterable[LoggedConnection]) -> LoggedConnection | None:
    """Ports are used again: the times tell which of a tuple's connections it is. An idle one may come in pieces."""
    start = float(connection.start)
    for entry in entries:
        if entry.dialled - _EARLY_S <= start <= (entry.closed or float("inf")) + _LINGER_S:
            found = entry
            break
    else:
        return None
    # Of several that fit (a port used again within the lingering time) the one dialled last before it.
    later = [entry for entry in entries if found.dialled < entry.dialled <= start + _EARLY_S]
    return later[-1] if later else found


def write_labels(file: Path, capture: str, group: str, labels: Labels) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for connection, story in labels.rows:
            facts = (story.label, story.kind, SOURCE, group, story.evidence)
            writer.writerow((capture, *connection.tuple, *facts, connection.start, connection.end))


def _text(connection: Tuple) -> str:
    return "{} port {} to {} port {}".format(*connection)
