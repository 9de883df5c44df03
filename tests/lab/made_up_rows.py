# SPDX-License-Identifier: Apache-2.0
"""Rows as `kanaria dataset --lens pair` writes them, and a program that prints them in its place."""

import json
import os
from pathlib import Path

COLUMNS = "capture,connection,start,time,lens,label,kind,direction_1,length_1,direction_2,length_2"
UP, DOWN = 0, 1

# Prints the file that stands where LABELS.csv would, or what inspect would say.
_PROGRAM = """#!/bin/sh
case "$1" in
  dataset)
    cat "$2" 2>&- || {{ echo "kanaria: $2: there is no such file; check the name" >&2; exit 1; }}
    ! cat "$2.fault" >&2 2>&- ;;
  inspect) cat "{inspected}" ;;
esac
"""


def conversation(segments, *, kind="xmrig-plain", label="mining", start=1000.0, port=40000, number=1):
    """Rows of one connection; `segments`: (direction, payload bytes, seconds since the start)."""
    ends = f"out/capture.pcapng,10.0.0.1:{port}-192.0.2.1:3333#{number},{start:.9f}"
    return [
        f"{ends},{start + at:.9f},pair 1,{label},{kind},{first_way},{first_length},{way},{length}"
        for (first_way, first_length, _), (way, length, at) in zip(segments, segments[1:])
    ]


def lines(*conversations):
    """Of a whole file, the first line included."""
    return [COLUMNS, *(row for rows in conversations for row in rows)]


def stand_in(folder: Path, *, packets=100, acked_unseen=0):
    """A build folder whose kanaria prints LABELS.csv itself as its rows, and fails with the text of LABELS.csv.fault."""
    folder.mkdir()
    inspected = folder / "inspected.json"
    quality = {"acked_unseen": acked_unseen, "passes_gate": acked_unseen <= packets / 10}
    inspected.write_text(json.dumps({"packets": {"tcp": packets}, "quality": quality}))
    program = folder / "kanaria"
    program.write_text(_PROGRAM.format(inspected=inspected))
    program.chmod(0o755)
    return dict(os.environ, KANARIA_BUILD=str(folder))
