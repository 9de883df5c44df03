#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the ACKed-unseen count of `kanaria inspect` against tshark's tcp.analysis.ack_lost_segment,
capture by capture.

Read are samples/*.pcap*, the made-up captures of tests/reference, the FILEs given, and with
`--corpus` captures of the folder that KANARIA_CORPUS names, spread over all its sources. Each
capture that differs is named with the reason (docs/definitions.md, "Capture quality"); one that
differs for no known reason makes exit code 1.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "reference"))

import corpus  # noqa: E402
import frames  # noqa: E402
import packets  # noqa: E402
import tshark  # noqa: E402
from acked_unseen import acked_unseen_frames  # noqa: E402

WORKERS = 2
UNKNOWN = "no known reason"


@dataclass(frozen=True)
class Job:
    kanaria: Path
    file: Path


@dataclass(frozen=True)
class Outcome:
    name: str
    ours: int
    theirs: int
    reason: str | None = None


def compare(job: Job) -> Outcome:
    run = subprocess.run(
        [job.kanaria, "inspect", job.file, "--format", "json"],
        capture_output=True, check=False, encoding="utf-8",
    )
    if not run.stdout:
        return Outcome(job.file.name, 0, 0, f"{UNKNOWN}: {run.stderr.strip()}")
    inspected = json.loads(run.stdout)
    ours = inspected["quality"]["acked_unseen"]
    theirs = sum(row[0] != "" for row in tshark.rows(job.file, ["tcp.analysis.ack_lost_segment"]))
    reason = None if ours == theirs else reason_of(job.file, inspected["packets"]["tcp"], ours, theirs)
    return Outcome(job.file.name, ours, theirs, reason)


def reason_of(file: Path, tcp: int, ours: int, theirs: int) -> str:
    """What the Python model of the rule says, on our payload lengths and on tshark's."""
    capture = packets.read(file)
    if capture.quoting_frames:
        return "frames with TCP twice or quoted by ICMP"
    if tcp != len(capture.packets):
        return f"kanaria finds {tcp} TCP packets, tshark {len(capture.packets)} (tools/tshark_agreement.py says why)"
    shown = [packet for packet in capture.packets if not packet.options_cut]
    by_tshark = [
        packet if packet.payload_by_tshark is None else replace(packet, payload=packet.payload_by_tshark)
        for packet in capture.packets
    ]
    if by_tshark != capture.packets and len(acked_unseen_frames(capture.packets)) == ours:
        as_shown = acked_unseen_frames(by_tshark) & {packet.frame for packet in shown}
        if len(as_shown) == theirs:
            return "an IP length reaches beyond the frame or an outer header's length"
    if len(shown) < len(capture.packets):
        return "frames cut within the TCP options, which tshark does not show"
    return UNKNOWN


def report(outcomes: list[Outcome]) -> int:
    differing = [outcome for outcome in outcomes if outcome.reason]
    unknown = [outcome for outcome in differing if outcome.reason.startswith(UNKNOWN)]
    for one in differing:
        print(f"{one.name}: kanaria {one.ours}, tshark {one.theirs}: {one.reason}")
    print(
        f"acked unseen: {len(outcomes)} captures compared, {len(outcomes) - len(differing)} equal"
        f" ({sum(one.theirs > 0 for one in outcomes)} of all with any),"
        f" {len(differing) - len(unknown)} differ for a known reason, {len(unknown)} for none"
    )
    return 1 if unknown else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares ACKed-unseen counts with tshark's.")
    parser.add_argument("--kanaria", type=Path, required=True, help="the program")
    corpus.add_choice(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made_up = corpus.write(frames.captures(), Path(folder))
        files = corpus.chosen(arguments, made_up)
        with multiprocessing.Pool(WORKERS) as pool:
            outcomes = pool.map(compare, [Job(arguments.kanaria, file) for file in files], chunksize=4)
    return report(outcomes)


if __name__ == "__main__":
    sys.exit(main())
