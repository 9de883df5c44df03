#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The log of dialled connections held against those of the capture."""

import csv
import sys
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab.connection_log import BENIGN, MINING, ConnectionLog, Story  # noqa: E402
from lab.labels import Captured, make_labels, write_labels  # noqa: E402

MINER, CHAT = Story(MINING, "xmrig-plain", "lab log: miner"), Story(BENIGN, "websocket-chat", "lab log: chat")
TUPLE = ("10.20.16.19", 40000, "198.18.16.16", 3333)


@dataclass
class Host:
    addresses: tuple[str, ...]


def captured(start: float, end: float, tuple_=TUPLE) -> Captured:
    return Captured(tuple_, f"{start:.9f}", f"{end:.9f}")


class Labels(unittest.TestCase):
    def setUp(self):
        self.log = ConnectionLog()

    def dialled(self, story: Story, start: float, end: float | None, tuple_=TUPLE):
        self.log.add(tuple_, story, start).closed = end

    def kinds(self, *connections: Captured) -> list[str]:
        self.labels = make_labels(self.log, connections)
        return [story.kind for _, story in self.labels.rows]

    def test_a_logged_connection_gets_its_story(self):
        self.dialled(MINER, 100.0, 160.0)
        self.assertEqual(self.kinds(captured(100.02, 160.1)), ["xmrig-plain"])
        self.assertEqual(self.labels.disagreements, [])

    def test_a_port_used_again_gets_the_story_of_its_time(self):
        self.dialled(MINER, 100.0, 160.0)
        self.dialled(CHAT, 170.0, None)
        self.assertEqual(self.kinds(captured(100.02, 160.1), captured(170.02, 300.0)), ["xmrig-plain", "websocket-chat"])
        self.assertEqual(self.labels.disagreements, [])

    def test_pieces_of_one_idle_connection_all_get_its_story(self):
        self.dialled(CHAT, 100.0, 4000.0)
        self.assertEqual(self.kinds(captured(100.1, 800.0), captured(2500.0, 4000.0)), ["websocket-chat"] * 2)
        self.assertEqual(self.labels.disagreements, [])

    def test_what_nobody_logged_is_unknown_and_told(self):
        self.dialled(MINER, 100.0, 160.0)
        other = ("10.20.16.22", 40001, "198.18.16.16", 3333)
        self.assertEqual(self.kinds(captured(100.1, 160.0), captured(101.0, 102.0, other)), ["xmrig-plain", ""])
        self.assertEqual(self.labels.rows[1][1].label, "unknown")
        self.assertEqual(
            self.labels.disagreements,
            ["the capture has 10.20.16.22 port 40001 to 198.18.16.16 port 3333, which nobody logged"],
        )

    def test_a_connection_long_after_its_end_is_another(self):
        self.dialled(MINER, 100.0, 160.0)
        self.assertEqual(self.kinds(captured(100.1, 160.0), captured(500.0, 510.0)), ["xmrig-plain", ""])

    def test_what_the_capture_lacks_is_told(self):
        self.dialled(MINER, 100.0, 160.0)
        self.assertEqual(self.kinds(), [])
        self.assertEqual(
            self.labels.disagreements,
            ["the log has 10.20.16.19 port 40000 to 198.18.16.16 port 3333 (xmrig-plain), the capture has not"],
        )

    def test_a_claim_holds_for_all_connections_of_a_host_to_a_port(self):
        browser, server = Host(("10.20.0.10", "2001:db8:20::a")), Host(("198.18.0.10", "2001:db8:cd::a"))
        self.log.claim(browser, server, 443, CHAT)
        over6 = ("2001:db8:20::a", 50000, "2001:db8:cd::a", 443)
        over4 = ("10.20.0.10", 50001, "198.18.0.10", 443)
        elsewhere = ("10.20.0.10", 50002, "198.18.0.10", 80)
        kinds = self.kinds(captured(1, 2, over6), captured(1, 2, over4), captured(1, 2, elsewhere))
        self.assertEqual(kinds, ["websocket-chat", "websocket-chat", ""])

    def test_a_row_has_the_tuple_the_story_and_the_captures_times(self):
        self.dialled(MINER, 100.0, 160.0)
        labels = make_labels(self.log, [captured(100.25, 160.5)])
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "LABELS.csv"
            write_labels(file, "capture.pcapng", "kanaria-lab-smoke-1", labels)
            (row,) = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
        self.assertEqual((row["src_ip"], row["src_port"], row["dst_ip"], row["dst_port"]), tuple(map(str, TUPLE)))
        self.assertEqual((row["label"], row["kind"], row["group"]), ("mining", "xmrig-plain", "kanaria-lab-smoke-1"))
        self.assertEqual((row["start"], row["end"]), ("100.250000000", "160.500000000"))


if __name__ == "__main__":
    unittest.main()
