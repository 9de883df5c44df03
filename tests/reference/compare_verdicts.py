#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what `kanaria detect --lens rhythm` says of each connection against this folder's model:
evidence, verdict and the time of the alarm, with a model file small enough to know by heart.

Compared are made-up captures, those of samples/ and, where asked for, some of KANARIA_CORPUS.
Evidence is summed in float32 there: where it comes within the tolerance of a threshold, neither
verdict nor alarm is compared.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import corpus
import packets
import rhythm_frames
from connections import Connection, connections
from messages import messages
from rhythm import rows
from rhythm_model import RHYTHM_MODEL as MODEL
from verdict import Verdict, log_odds, verdict

TOLERANCE = 1e-3

Line = dict[str, str]  # of kanaria's CSV


def expected(connection: Connection) -> Verdict:
    said = messages(connection)
    judged = [
        (row, log_odds(MODEL.logit(row.values), MODEL.calibration)) for row in rows(connection)
    ]
    return verdict(said[0].start_ns if said else 0, judged, MODEL.threshold)


def detected(kanaria: Path, model: Path, file: Path) -> list[Line]:
    command = [kanaria, "detect", "--lens", "rhythm", "--model", model, "--all", "--format", "csv"]
    run = subprocess.run(
        [*command, "-r", file], capture_output=True, check=False, encoding="utf-8"
    )
    if not run.stdout:
        raise RuntimeError(f"{file}: {run.stderr.strip()}")
    return list(csv.DictReader(run.stdout.splitlines()))


def connection_key(connection: Connection) -> tuple[str, ...]:
    start_ns = connection.packets[0][0].time_ns
    return (epoch_seconds(start_ns), *map(str, connection.client), *map(str, connection.server))


def line_key(line: Line) -> tuple[str, ...]:
    return tuple(line[name] for name in ("start", "src_ip", "src_port", "dest_ip", "dest_port"))


def epoch_seconds(time_ns: int) -> str:
    return f"{time_ns // 10**9}.{time_ns % 10**9:09}"


def differences(ours: Verdict, said: int, line: Line) -> Iterator[str]:
    if int(line["messages"]) != said:
        yield f"messages: model {said}, kanaria {line['messages']}"
    if abs(float(line["evidence"]) - ours.evidence) > TOLERANCE * max(1, ours.evidence):
        yield f"evidence: model {ours.evidence:.6f}, kanaria {line['evidence']}"
    if ours.closest <= TOLERANCE:
        return
    if line["verdict"] != ours.name:
        yield f"verdict: model {ours.name}, kanaria {line['verdict']}"
    alarm = "" if ours.alarm_ns is None else epoch_seconds(ours.alarm_ns)
    if line["alarm_time"] != alarm:
        yield f"alarm: model '{alarm}', kanaria '{line['alarm_time']}'"


def compare(kanaria: Path, model: Path, file: Path) -> tuple[Counter[str], list[str]]:
    """How many connections have which verdict, and what differs."""
    capture = packets.read(file)
    if capture.quoting_frames > 0:
        return Counter(), []
    # Two of one tuple that begin at once are told apart by nothing in the CSV.
    lines = {line_key(line): line for line in detected(kanaria, model, file)}
    counts: Counter[str] = Counter()
    different = []
    for connection in connections(capture.packets).connections:
        line = lines.get(connection_key(connection))
        where = f"{file.name}: connection of frame {connection.first_frame}"
        if line is None:
            different.append(f"{where}: unknown to kanaria")
            continue
        ours = expected(connection)
        counts[ours.name] += 1
        said = len(messages(connection))
        different += [f"{where}: {text}" for text in differences(ours, said, line)]
    return counts, different


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares verdicts with the model of them.")
    parser.add_argument("--kanaria", type=Path, required=True, help="the program")
    corpus.add_choice(parser)
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    different: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "linear.onnx"
        model.write_bytes(MODEL.onnx())
        made_up = corpus.write(rhythm_frames.captures(), Path(folder))
        for file in corpus.chosen(arguments, made_up):
            of_file, more = compare(arguments.kanaria, model, file)
            counts += of_file
            different += more
    print("\n".join(different), end="\n" if different else "")
    print(f"{counts.total()} connections ({dict(counts)}): {len(different)} differences")
    missing = {"mining", "suspicious", "clear", "undecided"} - set(counts)
    if missing:
        print(f"no connection is {' or '.join(sorted(missing))}: the comparison says too little")
    return 1 if different or missing else 0


if __name__ == "__main__":
    sys.exit(main())
