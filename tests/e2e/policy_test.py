#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may mine is told apart, and does not set the exit code."""

import csv
import io
import json

from captures import chat, miner, pcap
from kanaria_runs import KanariaRuns, main

RIGS = b'[[authorised]]\ncidr = "10.0.0.0/24"\nuntil = 2023-11-14\nnote = "rig, \xc3\xa9tage 3"\n'  # the day of the captures


class Policy(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.write("a.pcap", pcap(miner("10.0.0.1") + chat("10.0.0.2")))
        self.write("b.pcap", pcap(miner("10.0.0.1") + miner("10.0.9.9")))
        self.write("rigs.toml", RIGS)

    def detect(self, capture, *arguments, exit_code=0):
        return self.runs("detect", "-r", capture, "--policy", "rigs.toml", *arguments, exit_code=exit_code)

    def test_authorised_mining_does_not_set_the_exit_code(self):
        self.runs("detect", "-r", "a.pcap", "--exit-code", exit_code=3)
        self.detect("a.pcap", "--exit-code", exit_code=0)
        self.detect("b.pcap", "--exit-code", exit_code=3)

    def test_an_entry_of_yesterday_authorises_nobody(self):
        self.write("rigs.toml", RIGS.replace(b"14", b"13"))
        self.detect("a.pcap", "--exit-code", exit_code=3)

    def test_the_table_lists_it_apart_with_its_note(self):
        self.assertIn("authorised until 2023-11-14: rig, étage 3", self.detect("a.pcap"))
        others, heading, rigs = self.detect("b.pcap").partition("authorised:\n")
        self.assertIn("10.0.9.9", others)
        self.assertIn("10.0.0.1", rigs)

    def test_csv_says_yes_or_no(self):
        rows = csv.DictReader(io.StringIO(self.detect("b.pcap", "--format", "csv")))
        self.assertEqual(
            {row["src_ip"]: (row["authorised"], row["verdict"]) for row in rows},
            {"10.0.0.1": ("yes", "mining"), "10.0.9.9": ("no", "mining")},
        )

    def test_eve_says_it_under_context_kanaria(self):
        for line in self.detect("b.pcap", "--format", "eve").splitlines():
            alert = json.loads(line)
            found = alert["alert"]["context"]["kanaria"]
            self.assertEqual(found["authorised"], alert["src_ip"] == "10.0.0.1")
            self.assertEqual(found.get("note"), "rig, étage 3" if found["authorised"] else None)

    def test_the_number_of_threads_changes_nothing(self):
        for form in ("table", "eve", "csv"):
            one = self.detect("b.pcap", "--format", form, "--all")
            self.assertEqual(self.detect("b.pcap", "--format", form, "--all", "-j", "3"), one)

    def test_a_policy_that_is_not_understood_ends_the_run_before_it_begins(self):
        self.write("rigs.toml", b'[[authorised]]\ncidr = "everyone"\n')
        ran = self.complains(
            "rigs.toml: line 1: entry 1: 'cidr' 'everyone' is no block of addresses such as 192.0.2.0/24 or "
            "2001:db8::/32; see docs/policy.md",
            *("detect", "-r", "a.pcap", "--policy", "rigs.toml"),
            exit_code=1,
        )
        self.assertEqual(ran.out, "")

    def test_a_policy_that_is_not_there_is_said(self):
        self.complains(
            "none.toml: the policy cannot be read; check the path",
            *("detect", "-r", "a.pcap", "--policy", "none.toml"),
            exit_code=1,
        )


if __name__ == "__main__":
    main()
