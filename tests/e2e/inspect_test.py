#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `kanaria inspect` says of captures, and how it exits."""

import json

from captures import chat, connection, gz, miner, pcap
from kanaria_runs import KanariaRuns, main


def lossy(host):
    """A connection of which every other segment was lost by the capturing device."""
    packets = connection((host, 50000), ("192.0.2.9", 443), [(n, n % 2 == 0, 100) for n in range(1, 101)])
    return [packet for n, packet in enumerate(packets) if n < 3 or n % 4 < 2]


class Inspect(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.write("miner.pcap", pcap(miner("10.0.0.1")))
        self.write("chat.pcap.gz", gz(pcap(chat("10.0.0.2"))))
        self.write("lossy.pcap", pcap(lossy("10.0.0.3")))

    def inspected(self, *arguments, **more):
        return [json.loads(line) for line in self.runs("inspect", *arguments, "--format", "json", **more).splitlines()]

    def test_tells_what_is_in_each_capture_and_the_total(self):
        out = self.runs("inspect", "miner.pcap", "chat.pcap.gz")
        first, second, total = out.split("\n\n")
        self.assertTrue(first.startswith("miner.pcap: pcap, Ethernet\n  frames "), first)
        self.assertTrue(second.startswith("chat.pcap.gz: pcap, Ethernet\n"), second)
        self.assertRegex(first, r"\n  connections +1: 1 seen from their SYN, 1 closed, 0 one-sided; \d+ messages\n")
        self.assertRegex(
            total,
            r"\A2 captures: \d+ frames, \d+ TCP packets, 2 connections; acked unseen 0 \(0\.00 %\); "
            r"2 pass the gate, 0 fail\n\Z",
        )

    def test_json_counts_the_same(self):
        packets = len(miner("10.0.0.1"))
        (capture,) = self.inspected("miner.pcap")
        self.assertEqual(capture["file"], "miner.pcap")
        self.assertEqual(capture["frames"]["count"], packets)
        self.assertEqual(capture["statuses"], {"tcp": packets})
        self.assertEqual(
            packets, sum(capture["packets"][name] for name in ("segments", "pure_acks", "control", "retransmissions"))
        )
        self.assertEqual(capture["connections"]["longest"][0]["dest_port"], 3333)
        self.assertEqual(capture["quality"]["acked_unseen"], 0)

    def test_a_capture_that_lacks_packets_fails_the_gate(self):
        (capture,) = self.inspected("lossy.pcap")
        self.assertFalse(capture["quality"]["passes_gate"])
        self.assertGreater(capture["quality"]["acked_unseen_ratio"], 0.1)
        self.assertIn("FAILED: the capturing device lost packets", self.runs("inspect", "lossy.pcap"))
        self.runs("inspect", "lossy.pcap", "--exit-code", exit_code=3)
        self.runs("inspect", "miner.pcap", "--exit-code", exit_code=0)

    def test_a_filter_behind_the_captures_chooses_packets(self):
        (capture,) = self.inspected("miner.pcap", "src", "host", "203.0.113.5")
        self.assertEqual(capture["connections"]["one_sided"], 1)
        ran = self.run_kanaria("inspect", "miner.pcap", "from", "nobody")
        self.assertRegex(ran.err, r"\Akanaria: filter 'from nobody' is not understood \(.*\); see pcap-filter\(7\)\n\Z")
        self.assertEqual((ran.exit_code, ran.out), (2, ""))

    def test_stdin_is_read(self):
        (capture,) = self.inspected("-", stdin=self.read("miner.pcap"))
        self.assertEqual(capture["file"], "stdin")

    def test_what_cannot_be_read_is_said_and_the_rest_is_told(self):
        ran = self.complains(
            "no.pcap: there is no such file; check the name", "inspect", "no.pcap", "miner.pcap", exit_code=1
        )
        self.assertTrue(ran.out.startswith("miner.pcap: "))
        self.write("cut.pcap", self.read("lossy.pcap")[:-1])
        ran = self.run_kanaria("inspect", "cut.pcap", "--exit-code")
        self.assertIn("packets before it were used", ran.err)
        self.assertEqual(ran.exit_code, 1)
        self.assertIn("FAILED", ran.out)

    def test_no_capture_is_wrong_use(self):
        self.assertEqual(self.run_kanaria("inspect").exit_code, 2)


if __name__ == "__main__":
    main()
