#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Perturbed data sets against their definitions in docs/dataset.md, counted anew from the rows."""

import csv
import io
import os
import shutil
from collections import Counter, defaultdict, namedtuple

from captures import chat, miner, pcap
from kanaria_runs import KanariaRuns, main

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
MSS = 1460  # of all connections in captures.py, whose segments have no TCP options

Segment = namedtuple("Segment", "time direction bytes")
Message = namedtuple("Message", "time direction bytes")  # time: of its last segment


def segments_of(text):
    """{connection without its number: [Segment]}, times in seconds; the first segment's is the connection's start."""
    found = defaultdict(list)
    for row in csv.DictReader(io.StringIO(text)):
        segments = found[row["connection"].split("#")[0]]
        if not segments:
            segments.append(Segment(float(row["start"]), int(row["direction_1"]), int(row["length_1"])))
        segments.append(Segment(float(row["time"]), int(row["direction_2"]), int(row["length_2"])))
    return found


def is_full(segment):
    rest = segment.bytes % MSS
    return rest == 0 or rest >= MSS - 12


def messages_of(segments):
    messages, before = [], None
    for segment in segments:
        if before and is_full(before) and before.direction == segment.direction and segment.time - before.time <= 1:
            messages[-1] = Message(segment.time, segment.direction, messages[-1].bytes + segment.bytes)
        else:
            messages.append(Message(*segment))
        before = segment
    return messages


class PerturbedDataSet(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.write("both.pcap", pcap(miner("10.0.0.1", minutes=120) + chat("10.0.0.2", minutes=120)))
        self.write("miner.pcap", pcap(miner("10.0.0.1", minutes=120)))

    def rows(self, *arguments, capture="both.pcap"):
        ran = self.run_kanaria("dataset", "-r", capture, "--label", "benign", *arguments)
        self.assertEqual(ran.exit_code, 0, ran.err)
        return ran.out

    def messages(self, *arguments):
        return {name: messages_of(segments) for name, segments in segments_of(self.rows(*arguments)).items()}

    def test_what_changes_nothing_gives_the_rows_of_the_packets(self):
        shutil.copytree(os.path.join(ROOT, "samples"), self.path("samples"))
        plain, replayed = (
            self.run_kanaria("dataset", "samples/LABELS.csv", *arguments).out.splitlines()
            for arguments in ((), ("--perturb", "offset:0"))
        )
        by_connection = lambda line: line.split(",")[:2]
        self.assertGreater(len(plain), 5000)
        self.assertEqual(sorted(plain[1:], key=by_connection), sorted(replayed[1:], key=by_connection))

    def test_padding_adds_0_to_256_bytes_to_every_message(self):
        before, after = self.messages(), self.messages("--perturb", "padding:256")
        added = []
        for name, messages in before.items():
            self.assertEqual([m[:2] for m in after[name]], [m[:2] for m in messages])
            added += [now.bytes - was.bytes for now, was in zip(after[name], messages)]
        self.assertGreater(len(added), 1500)
        self.assertEqual((min(added), max(added)), (0, 256))
        self.assertAlmostEqual(sum(added) / len(added), 128, delta=10)  # standard deviation 74 / sqrt(n) < 2
        quarters = Counter(extra // 65 for extra in added)
        for quarter in range(3):
            self.assertAlmostEqual(quarters[quarter] / len(added), 65 / 257, delta=0.05)

    def test_dummies_are_a_share_of_the_messages_with_sizes_and_times_of_their_connection(self):
        before, after = self.messages(), self.messages("--perturb", "dummies:0.3")
        for name, messages in before.items():
            dummies = list((Counter(after[name]) - Counter(messages)).elements())
            self.assertEqual(Counter(messages) - Counter(after[name]), Counter())
            self.assertIn(len(dummies), (int(0.3 * len(messages)), int(0.3 * len(messages)) + 1))
            own = {(m.direction, m.bytes) for m in messages}
            self.assertLessEqual({(d.direction, d.bytes) for d in dummies}, own)
            life = messages[-1].time - messages[0].time
            places = [(d.time - messages[0].time) / life for d in dummies]
            self.assertTrue(0 <= min(places) and max(places) <= 1)
            self.assertAlmostEqual(sum(places) / len(places), 0.5, delta=0.1)  # .29 / sqrt(n) < .03
            to_client = sum(d.direction for d in dummies) / len(dummies)
            self.assertAlmostEqual(to_client, 0.5, delta=0.15)  # .5 / sqrt(n) < .05

    def test_the_seed_decides_and_other_connections_do_not(self):
        arguments = ("--perturb", "padding:99", "--perturb", "dummies:0.5", "--perturb", "jitter:2")
        both = segments_of(self.rows(*arguments, "--seed", "5"))
        alone = segments_of(self.rows(*arguments, "--seed", "5", capture="miner.pcap"))
        other = segments_of(self.rows(*arguments, "--seed", "6", capture="miner.pcap"))
        self.assertEqual(len(alone), 1)
        for name, segments in alone.items():
            self.assertEqual(both[name], segments)
            self.assertNotEqual(other[name], segments)

    def test_wrong_perturbations_are_said(self):
        known = "padding, buckets, offset, client-offset, server-offset, scale, dummies, jitter, delay, splitting, merging, loss, speed, client-unseen, server-unseen"
        for sentence, *arguments in (
            (f"unknown perturbation 'pading': choose one of {known}", "--perturb", "pading:9"),
            ("perturbation 'dummies:30': '30' is no number from 0 to 1", "--perturb", "dummies:30"),
            ("lens 'header' describes packets, and a perturbation changes segments and messages: "
             "choose another lens, or none of the two", "--perturb", "padding:9", "--lens", "header"),
        ):
            self.complains(sentence, "dataset", "-r", "miner.pcap", "--label", "mining", *arguments, exit_code=2)


if __name__ == "__main__":
    main()
