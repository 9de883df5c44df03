#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What never changes a verdict: samples are written again with other headers around the same conversations, and what
`kanaria detect` says of each connection stays the same. Judged by a made-up model of lens `rhythm`, and by the model
built in for the default lens or for that of --lens."""

import csv
import gzip
import os
import re
import subprocess
import sys

import kanaria_runs
from capture_rewrites import (
    LINK_TYPES,
    ethernet,
    interleaved,
    other_ip_headers,
    other_windows,
    packet,
    read,
    renamed,
    shifted,
    tagged,
    with_payload,
    with_timestamps,
    without_timestamps,
    write,
)
from captures import chat, gz, miner, zst
from kanaria_runs import KanariaRuns, main
from rhythm_model import RHYTHM_MODEL

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples")
LOOK_AT_HEADERS = ("pair", "header")  # lenses whose values hold TTL, window and the like
LONGEST_HEADERS = 60 + 60


def lens_of_arguments():
    """Takes `--lens LENS` from the command line; without it the program's default."""
    if "--lens" in sys.argv:
        at = sys.argv.index("--lens")
        lens = sys.argv[at + 1]
        del sys.argv[at : at + 2]
        return lens
    told = subprocess.run([kanaria_runs.BINARY, "detect", "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
    return re.search(r"--lens \w+=(\w+)", told)[1]


def samples():
    with open(os.path.join(SAMPLES, "eth.pcap"), "rb") as file:
        of_ethernet = read(file.read())
    with gzip.open(os.path.join(SAMPLES, "xmrig.pcap.gz")) as file:
        of_wan = read(file.read())
    return interleaved(of_ethernet, of_wan)


PACKETS = samples()
PLAIN = write(PACKETS)


def nanoseconds(seconds):
    return int(seconds.replace(".", "")) if seconds else None


class Invariance:
    """Of the verdicts with self.model: arguments that choose lens and model."""

    looks_at_headers = False

    def detected(self, data, *arguments, name="a.pcap"):
        self.write(name, data)
        told = self.runs("detect", "-r", name, "--all", "--format", "csv", *self.model, *arguments)
        return list(csv.DictReader(told.splitlines()))

    def judged(self, lines, shift=0):
        """What was said of each connection, but for its name; times as if nothing had been shifted."""
        found = []
        for line in lines:
            start, alarm = nanoseconds(line["start"]) - shift, nanoseconds(line["alarm_time"])
            values = [line[key] for key in ("verdict", "evidence", "threshold", "messages", "reason")]
            found.append([start, *values, None if alarm is None else alarm - shift])
        return sorted(found, key=str)

    def stays(self, packets, link=None, shift=0):
        data = write(packets) if link is None else write(packets, link)
        self.assertNotEqual(data, PLAIN)
        self.assertEqual(self.judged(self.detected(data), shift), self.judged(self.detected(PLAIN)))

    def needs_no_headers(self):
        if self.looks_at_headers:
            self.skipTest("this lens looks at such values")

    def test_the_samples_hold_something_to_tell_apart(self):
        verdicts = {line["verdict"] for line in self.detected(PLAIN)}
        self.assertLessEqual({"mining", "clear", "undecided"}, verdicts)

    def test_other_addresses_and_ports(self):
        for mask in ((0, 1), (3, 77), (127, 255)):
            self.stays(renamed(PACKETS, mask))

    def test_another_time(self):
        for seconds in (-86400 * 365, 3600, 12345):
            self.stays(shifted(PACKETS, seconds * 10**9), shift=seconds * 10**9)
        self.stays(shifted(PACKETS, 123_456_789), shift=123_456_789)

    def test_any_payload(self):
        for seed in range(2):
            self.stays(with_payload(PACKETS, seed))

    def test_any_snap_length_that_holds_the_headers(self):
        for most in (1, LONGEST_HEADERS, 500):
            self.stays(with_payload(PACKETS, 3, most))

    def test_any_ttl_and_ip_id(self):
        self.needs_no_headers()
        self.stays(other_ip_headers(PACKETS, 1))

    def test_any_window_and_scale(self):
        self.needs_no_headers()
        self.stays(other_windows(PACKETS, 1))

    def test_vlan_tags(self):
        self.stays(PACKETS, tagged)

    def test_other_link_layers(self):
        for link in LINK_TYPES:
            if link.__name__ != "raw":
                self.stays(PACKETS, link)

    def test_timestamps_taken_away_and_given(self):
        without = without_timestamps(PACKETS)
        self.assertLess(sum(len(one.tcp) for one in without), 0.8 * sum(len(one.tcp) for one in PACKETS))
        self.stays(without)
        self.stays(with_timestamps(PACKETS))
        self.stays(with_timestamps(without))

    def test_other_connections_beside(self):
        begin = PACKETS[0].time_ns
        others = []
        for host in range(6):
            for time, frame in miner(f"172.16.0.{host}", 50000 + host, seed=host) + chat(f"172.16.1.{host}", seed=host):
                at = begin + round((time - 1_700_000_000) * 1e9)
                others.append(packet(at, frame[14:], len(frame) - 14))
        together = self.detected(write(interleaved(PACKETS, others), ethernet))
        ours = [line for line in together if not line["src_ip"].startswith("172.16.")]
        self.assertGreater(len(together), len(ours))
        self.assertEqual(self.judged(ours), self.judged(self.detected(PLAIN)))

    def test_any_container_and_number_of_threads(self):
        plain = self.judged(self.detected(PLAIN))
        for name, data in (("a.pcap.gz", gz(PLAIN)), ("a.pcap.zst", zst(PLAIN))):
            self.assertEqual(self.judged(self.detected(data, name=name)), plain)
        for threads in ("2", "5"):
            self.assertEqual(self.judged(self.detected(PLAIN, "-j", threads)), plain)
        piped = self.runs("detect", "-r", "-", "--all", "--format", "csv", *self.model, stdin=PLAIN)
        self.assertEqual(self.judged(csv.DictReader(piped.splitlines())), plain)


class InvarianceOfAMadeUpModel(Invariance, KanariaRuns):
    model = ("--lens", "rhythm", "--model", "made-up.onnx")

    def setUp(self):
        super().setUp()
        self.write("made-up.onnx", RHYTHM_MODEL.onnx())


class InvarianceOfTheBuiltInModel(Invariance, KanariaRuns):
    model = ("--lens", lens_of_arguments()) if kanaria_runs.BINARY else ()
    looks_at_headers = model[1:] and model[1] in LOOK_AT_HEADERS


if __name__ == "__main__":
    main()
