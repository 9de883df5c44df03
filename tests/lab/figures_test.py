#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Figures of a labelled capture, and the page of a run, from rows that can be counted by hand."""

import json
import os
import re
import tempfile
import unittest
from pathlib import Path
from random import Random
from unittest import mock

from made_up_rows import DOWN, UP, conversation, lines, stand_in

from lab.analysis.distribution import Distribution, Sample
from lab.failure import LabFailure
from lab.analysis.description import description
from lab.analysis.figures import distribution, figures_of, number
from lab.analysis.pairs import labelled_segments, segments_of
from lab.analysis.report import RunFacts, VisitCounts, commonest, live_connections, spread, write_report

# Login, its answer, a job, and two shares with their replies 0.1 and 0.3 s later.
MINER = [(UP, 500, 0.1), (DOWN, 400, 0.2), (DOWN, 380, 10.2), (UP, 185, 20.2), (DOWN, 65, 20.3), (UP, 185, 40.3),
         (DOWN, 65, 40.6)]  # fmt: skip


def figures(*conversations):
    return figures_of(segments_of(lines(*conversations)))


class Segments(unittest.TestCase):
    def test_each_segment_of_a_connection_comes_once(self):
        found = [(not segment.is_up, segment.length) for segment in segments_of(lines(conversation(MINER)))]
        self.assertEqual(found, [(way, length) for way, length, _ in MINER])

    def test_the_gap_behind_the_first_segment_is_not_known(self):
        gaps = [segment.gap for segment in segments_of(lines(conversation(MINER)))]
        self.assertEqual(gaps[:2], [None, None])
        for gap, known in zip(gaps[2:], (10, 10, 0.1, 20, 0.3), strict=True):
            self.assertAlmostEqual(gap, known, places=6)

    def test_rows_of_other_connections_between_do_not_matter(self):
        rows = zip(conversation(MINER, port=1), conversation(MINER, port=2))
        mixed = list(segments_of(lines(*rows)))
        alone = [each[1:] for each in segments_of(lines(conversation(MINER)))]
        for connection in {segment.connection for segment in mixed}:
            self.assertEqual([each[1:] for each in mixed if each.connection is connection], alone)

    def test_a_clock_that_was_set_back_leaves_no_negative_gap(self):
        rows = conversation([(UP, 1, 0), (DOWN, 2, 5), (UP, 3, 4)])
        self.assertEqual([each.gap for each in segments_of(lines(rows))], [None, None, 0.0])

    def test_columns_are_found_by_name_in_any_order(self):
        rows = ["kind,label,length_2,length_1,direction_2,direction_1,time,start,connection,capture,more",
                "ssh,benign,36,48,1,0,12.5,10,a,b,c"]  # fmt: skip
        found = list(segments_of(rows))
        self.assertEqual([(each.is_up, each.length) for each in found], [(True, 48), (False, 36)])
        self.assertEqual((found[0].connection.kind, found[0].connection.duration), ("ssh", 2.5))

    def test_a_missing_column_is_named(self):
        with self.assertRaisesRegex(
            LabFailure, "^the rows of segments have no column 'length_2'; see docs/dataset.md$"
        ):
            list(segments_of(["capture,connection,start,time,label,kind,direction_1,length_1,direction_2"]))

    def test_no_row_gives_no_segment(self):
        self.assertEqual(list(segments_of(lines())), [])
        self.assertEqual(list(segments_of([])), [])


class OfKinds(unittest.TestCase):
    def test_segments_and_sizes_are_counted_by_direction(self):
        kind = figures(conversation(MINER)).kinds[0]
        self.assertEqual(kind.up, {500: 1, 185: 2})
        self.assertEqual(kind.down, {400: 1, 380: 1, 65: 2})

    def test_a_reply_is_a_servers_segment_right_behind_a_clients(self):
        kind = figures(conversation(MINER)).kinds[0]
        for reply, known in zip(kind.replies.values, (0.1, 0.3), strict=True):
            self.assertAlmostEqual(reply, known, places=6)

    def test_a_connection_is_long_from_24_segments_on(self):
        short = conversation([(UP, 1, at) for at in range(23)], port=1)
        long_one = conversation([(UP, 1, at) for at in range(24)], port=2)
        kind = figures(short, long_one).kinds[0]
        self.assertEqual((len(kind.connections), kind.long_connections), (2, 1))

    def test_hours_are_those_of_all_connections_together(self):
        half_an_hour = [(UP, 1, 0), (DOWN, 1, 1800)]
        kind = figures(conversation(half_an_hour, port=1), conversation(half_an_hour, port=2)).kinds[0]
        self.assertEqual((kind.hours, kind.durations), (1.0, [1800.0, 1800.0]))

    def test_mining_kinds_come_first_then_by_name(self):
        found = figures(
            conversation(MINER, kind="b", label="benign", port=1),
            conversation(MINER, kind="z", port=2),
            conversation(MINER, kind="a", label="benign", port=3),
        )
        self.assertEqual([kind.kind for kind in found.kinds], ["z", "a", "b"])

    def test_live_connections_rise_and_fall(self):
        found = figures(
            conversation([(UP, 1, 0), (DOWN, 1, 600)], port=1),
            conversation([(UP, 1, 0), (DOWN, 1, 300)], port=2, start=1150.0),
        )
        live = dict(live_connections(found.kinds[0], found.start, found.end))
        self.assertEqual([live[minute] for minute in (0.0, 2.5, 7.5, 10.0)], [1, 2, 1, 0])


class Distributions(unittest.TestCase):
    def test_a_quantile_is_the_smallest_value_that_reaches_its_share(self):
        tenths = distribution(range(1, 11))
        self.assertEqual([tenths.quantile(share) for share in (0.0, 0.1, 0.5, 0.51, 0.9, 1.0)], [1, 1, 5, 6, 9, 10])

    def test_weights_count_as_often_as_they_say(self):
        self.assertEqual(Distribution({1: 1, 5: 8, 9: 1}).quantile(0.5), 5)
        self.assertEqual(Distribution({1: 1, 5: 8, 9: 1}).share_up_to(5), 0.9)
        self.assertEqual(Distribution({1: 1}).share_up_to(0.5), 0.0)

    def test_of_values_that_are_equally_common_the_smallest_is_the_commonest(self):
        self.assertEqual(distribution([5, 3, 9, 9, 3]).commonest(), 3)
        self.assertEqual(distribution([5, 3, 9, 9]).commonest(), 9)

    def test_of_nothing_there_is_none(self):
        self.assertIsNone(distribution([]))
        self.assertEqual(spread(None), "–")

    def test_a_sample_counts_all_and_keeps_no_more_than_its_limit(self):
        sample = Sample(100, Random(1))
        for value in range(100_000):
            sample.add(value)
        self.assertEqual((sample.count, len(sample.values)), (100_000, 100))
        # The mean of 100 of them has a standard deviation of 2,887: six of them.
        self.assertAlmostEqual(sum(sample.values) / 100, 50_000, delta=17_300)

    def test_a_short_stream_is_kept_whole(self):
        sample = Sample(100, Random(1))
        for value in range(100):
            sample.add(value)
        self.assertEqual(list(sample.values), list(range(100)))

    def test_numbers_have_three_digits_that_count(self):
        texts = [number(value) for value in (0.0, 0.00002, 0.0123, 0.5, 1, 14.823, 185.0, 1234.5)]
        self.assertEqual(texts, ["0", "< 0.0001", "0.012", "0.5", "1", "14.8", "185", "1,234"])

    def test_the_commonest_sizes_have_their_shares(self):
        self.assertEqual(commonest({81: 5, 79: 2, 267: 2, 31: 1}), "81 (50%), 79 (20%), 267 (20%)")


class Report(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def written(self, *conversations, **inspected):
        environment = stand_in(self.folder / "build", **inspected)
        out = self.folder / "out"
        out.mkdir()
        (out / "capture.pcapng").touch()
        facts = RunFacts(
            scenario="smoke",
            title="Two <b>minutes</b>",
            seed=7,
            hosts=1200,
            minutes=2.0,
            started=1795439743.9,
            visits={"ssh": VisitCounts(begun=30, ended_early=2)},
            dropped=3,
            notes=["Chromium is not installed."],
        )
        with mock.patch.dict(os.environ, environment):
            write_report(out, facts, figures(*conversations))
        return (out / "report.html").read_text(encoding="utf-8")

    def test_says_what_was_run(self):
        page = self.written(conversation(MINER))
        self.assertIn("<h1>Two &lt;b&gt;minutes&lt;/b&gt;</h1>", page)
        self.assertIn("Scenario smoke, seed 7: 1,200 hosts for 2 minutes from 2026-11-23 13:15 UTC.", page)
        self.assertIn("<p>Chromium is not installed.</p>", page)
        self.assertRegex(
            page, r'<td>ssh</td><td class="right">30</td><td class="right">2</td>'
        )

    def test_says_whether_the_capture_passes_the_gate(self):
        self.assertIn("11 (11.00%)</td><td>failed</td>", self.written(conversation(MINER), acked_unseen=11))

    def test_says_how_many_packets_were_lost(self):
        self.assertIn("tcpdump lost 3 packets.", self.written(conversation(MINER)))

    def test_has_a_row_and_a_panel_for_each_kind(self):
        page = self.written(conversation(MINER, port=1), conversation(MINER, kind="ssh", label="benign", port=2))
        charts = [json.loads(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', page)]
        self.assertEqual([chart["signals"][0]["value"]["titles"] for chart in charts], [["xmrig-plain", "ssh"]] * 3)
        self.assertIn('<tr><td>xmrig-plain</td><td>mining</td><td class="right">1</td>', page)

    def test_the_line_of_sizes_rises_by_the_share_of_each(self):
        page = self.written(conversation(MINER))
        sizes = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page)[1])
        up = [(point["x"], point["y"]) for point in sizes["data"][0]["values"] if point["s"] == 0]
        self.assertEqual(up, [(1.0, 0.0), (185.0, 0.0), (185.0, 0.6667), (500.0, 1.0), (20000.0, 1.0)])

    def test_a_kinds_name_never_becomes_markup(self):
        page = self.written(conversation(MINER, kind="</script><script>alert(1)</script>"))
        self.assertNotIn("<script>alert", page)

    def test_a_run_without_traffic_has_a_page_too(self):
        self.assertNotIn("<figure>", self.written())

    def test_a_fault_of_the_capture_is_told_in_kanarias_words(self):
        with mock.patch.dict(os.environ, stand_in(self.folder / "build")):
            with self.assertRaisesRegex(LabFailure, "^/nowhere: there is no such file; check the name$"):
                list(labelled_segments(Path("/nowhere")))


class Description(unittest.TestCase):
    def test_has_a_row_for_each_kind_and_sums(self):
        chat = conversation(
            [(UP, 40, 0.0)] * 12 + [(DOWN, 50, 700.0)] * 13, kind="websocket-chat", label="benign", port=2, start=999.0
        )
        text = description(figures(conversation(MINER), chat)).splitlines()
        self.assertTrue(text[2].startswith("| xmrig-plain | 1 | 0 | 0 | 0.0 |"), text[2])
        self.assertIn("| websocket-chat | 1 | 1 | 1 | 0.2 | 25 | 40 (100%) | 50 (100%) | 0 s | 700 s |", text)
        self.assertIn("1 kinds, 1 connections, 1 of at least 24 segments, 1 of ten minutes or more", text[-2])
        self.assertTrue(text[-1].startswith("Live at once: up to 2."), text[-1])

    def test_never_counts_connections_that_follow_each_other_as_live_at_once(self):
        first, second = (conversation(MINER, start=start, port=port) for start, port in ((1000.0, 1), (90000.0, 2)))
        self.assertIn("Live at once: up to 1.", description(figures(first, second)))


if __name__ == "__main__":
    unittest.main()
