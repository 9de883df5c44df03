#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds kanaria's connections, segments, messages, rows of lenses `pair` and `rhythm`, and
acked_unseen against this folder's model of docs/definitions.md and docs/features.md, and the
model's acked_unseen against tshark's own.

Compared are the made-up captures of frames.py and rhythm_frames.py always and, when KANARIA_CORPUS
is set, captures of the corpus: all of mining, and of the benign sources as many as give 1,000
connections with rows of rhythm (`--all`: the whole corpus). Of the corpus those files are left out,
and named, that hold a frame with two TCP headers or with one that an ICMP message quotes, or in
which the decoder and tshark do not find equally many TCP packets: which frames are TCP is what
tools/tshark_agreement.py judges.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import corpus
import frames
import packets
import rhythm_frames
from acked_unseen import acked_unseen_frames, frames_differing_from_tshark
from connections import Connection, PacketClass, Table, connections
from messages import messages
from pairs import pairs
from rhythm import VALUE_NAMES, rows
from rhythm_agreement import row_differences

LEAST_WITH_RHYTHM = 1000  # connections
MOST_SHOWN = 20
WORKERS = 2

Line = dict[str, Any]  # of dump_flow's output


@dataclass
class Outcome:
    """What a file held, and how the two programs differ on it."""

    name: str
    connections: int = 0
    segments: int = 0
    messages: int = 0
    with_rhythm: int = 0  # connections
    rhythm_rows: int = 0
    left_out: str | None = None
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    dump: Path
    file: Path
    is_made_up: bool


def ends(end: packets.End) -> str:
    return f"{end[0]} {end[1]}"


def expected_line(connection: Connection) -> Line:
    return {
        "first": connection.first_frame,
        "client": ends(connection.client),
        "server": ends(connection.server),
        "packets": len(connection.packets),
        "segments": [[s.packet.frame, s.direction, s.new_bytes] for s in connection.segments],
        "retransmissions": connection.count(PacketClass.RETRANSMISSION),
        "keep_alives": connection.count(PacketClass.KEEP_ALIVE),
        "pure_acks": connection.count(PacketClass.PURE_ACK),
        "reused_tuple": connection.reused_tuple,
        "messages": [
            [m.start_ns, m.end_ns, m.direction, m.size, m.segments] for m in messages(connection)
        ],
        "pairs": pairs(connection),
        "rhythm": list(rows(connection)),
    }


def expected_lines(capture: packets.Capture, table: Table) -> list[Line]:
    total = {
        "frames": capture.frames,
        "tcp": len(capture.packets),
        "stray": table.stray,
        "acked_unseen": len(acked_unseen_frames(capture.packets)),
        "rhythm_values": list(VALUE_NAMES),
    }
    return [*(expected_line(connection) for connection in table.connections), total]


def dumped_lines(dump: Path, file: Path) -> list[Line]:
    run = subprocess.run(
        [dump, "--rows", file], capture_output=True, check=False, encoding="utf-8"
    )
    if not run.stdout:
        raise RuntimeError(f"{dump} gave nothing for {file}: {run.stderr.strip()}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def differences(expected: Line, dumped: Line) -> Iterator[str]:
    for key in sorted(expected.keys() | dumped.keys()):
        ours, theirs = expected.get(key), dumped.get(key)
        if key == "rhythm":
            yield from row_differences(ours, theirs)
            continue
        if ours == theirs:
            continue
        if isinstance(ours, list) and isinstance(theirs, list):
            yield f"{key}: {first_difference(ours, theirs)}"
        else:
            yield f"{key}: model {ours}, kanaria {theirs}"


def first_difference(ours: list[object], theirs: list[object]) -> str:
    for index, (one, other) in enumerate(zip(ours, theirs)):
        if one != other:
            return f"at {index}: model {one}, kanaria {other}"
    return f"model has {len(ours)}, kanaria {len(theirs)}"


def compare(job: Job) -> Outcome:
    outcome = Outcome(job.file.name)
    capture = packets.read(job.file)
    if capture.quoting_frames > 0:
        outcome.left_out = f"{capture.quoting_frames} frames hold TCP twice or within ICMP"
        return outcome
    table = connections(capture.packets)
    expected, dumped = expected_lines(capture, table), dumped_lines(job.dump, job.file)
    if expected[-1]["tcp"] != dumped[-1]["tcp"] and not job.is_made_up:
        outcome.left_out = (
            f"tshark finds {expected[-1]['tcp']} TCP packets, kanaria {dumped[-1]['tcp']}"
        )
        return outcome
    unlike_tshark = frames_differing_from_tshark(capture.packets)
    if unlike_tshark:
        outcome.differences.append(
            f"acked_unseen: the model and tshark differ at frames {sorted(unlike_tshark)[:10]}"
        )
    compare_lines(expected, dumped, outcome)
    outcome.connections = len(table.connections)
    outcome.segments = sum(len(connection.segments) for connection in table.connections)
    outcome.messages = sum(len(line["messages"]) for line in expected[:-1])
    row_counts = [len(line["rhythm"]) for line in expected[:-1]]
    outcome.with_rhythm = sum(count > 0 for count in row_counts)
    outcome.rhythm_rows = sum(row_counts)
    return outcome


def compare_lines(
    expected: list[Line], dumped: list[Line], outcome: Outcome
) -> None:
    for key_difference in differences(expected[-1], dumped[-1]):
        outcome.differences.append(f"total: {key_difference}")
    by_first = {line["first"]: line for line in dumped[:-1]}
    for line in expected[:-1]:
        other = by_first.pop(line["first"], None)
        where = f"connection of frame {line['first']}"
        if other is None:
            outcome.differences.append(f"{where}: unknown to kanaria")
        else:
            outcome.differences += [f"{where}: {text}" for text in differences(line, other)]
    for first in by_first:
        outcome.differences.append(f"connection of frame {first}: unknown to the model")
    firsts = [line["first"] for line in dumped[:-1]]
    if firsts != sorted(firsts):
        outcome.differences.append("connections are not in the order of their first packets")


def run(jobs: list[Job], least_with_rhythm: int | None) -> list[Outcome]:
    """Outcomes in the jobs' order, until so many connections had rows of rhythm; None: all."""
    outcomes: list[Outcome] = []
    with multiprocessing.Pool(WORKERS) as pool:
        for outcome in pool.imap(compare, jobs):
            outcomes.append(outcome)
            if least_with_rhythm is not None:
                least_with_rhythm -= outcome.with_rhythm
                if least_with_rhythm <= 0:
                    break
    return outcomes


def compare_made_up(dump: Path) -> list[Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        files = corpus.write(frames.captures() | rhythm_frames.captures(), Path(folder))
        return run([Job(dump, file, is_made_up=True) for file in files], None)


def compare_corpus(dump: Path, root: Path, whole: bool) -> list[Outcome]:
    mining = corpus.mining(root)
    jobs = [Job(dump, file, is_made_up=False) for file in corpus.spread(root, with_odd=False)]
    if whole:
        return run(jobs, None)
    outcomes = run([job for job in jobs if job.file in mining], None)
    wanted = LEAST_WITH_RHYTHM - sum(one.with_rhythm for one in outcomes)
    return outcomes + run([job for job in jobs if job.file not in mining], wanted)


def report(outcomes: list[Outcome]) -> int:
    shown = [f"{one.name}: {text}" for one in outcomes for text in one.differences]
    print("\n".join(shown[:MOST_SHOWN]), end="\n" if shown else "")
    if len(shown) > MOST_SHOWN:
        print(f"and {len(shown) - MOST_SHOWN} more")
    for one in outcomes:
        if one.left_out is not None:
            print(f"left out: {one.name}: {one.left_out}")
    compared = [one for one in outcomes if one.left_out is None]
    print(
        f"{sum(one.connections for one in compared)} connections,"
        f" {sum(one.segments for one in compared)} segments,"
        f" {sum(one.messages for one in compared)} messages,"
        f" {sum(one.rhythm_rows for one in compared)} rows of rhythm in"
        f" {sum(one.with_rhythm for one in compared)} connections,"
        f" {len(compared)} files: {len(shown)} differences"
    )
    return 1 if shown else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares kanaria with the model of its words.")
    parser.add_argument("--dump", type=Path, required=True, help="the program dump_flow")
    parser.add_argument("--all", action="store_true", help="the whole corpus")
    arguments = parser.parse_args()
    outcomes = compare_made_up(arguments.dump)
    root = corpus.root()
    if root is None:
        print("KANARIA_CORPUS is not set: only made-up captures are compared.")
    else:
        outcomes += compare_corpus(arguments.dump, root, arguments.all)
    return report(outcomes)


if __name__ == "__main__":
    sys.exit(main())
