#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same packets give the same output, however they arrive and however many threads judge them."""

import json
import os
import signal
import subprocess

import kanaria_runs
from captures import chat, gz, miner, pcap, zst
from kanaria_runs import KanariaRuns, main

FORMATS = ("table", "eve", "csv")


def mixed_capture():
    packets = []
    for host in range(20):
        packets += miner(f"10.0.0.{host}", port=50000 + host, seed=host)
        packets += chat(f"10.0.1.{host}", port=51000 + host, seed=host)
    return pcap(packets)


MIXED = mixed_capture()


class SameOutput(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.write("a.pcap", MIXED)

    def detect(self, *arguments, **more):
        return self.runs("detect", *arguments, "--all", **more)

    def test_the_capture_holds_something_to_tell_apart(self):
        verdicts = {line.split(",")[8] for line in self.detect("-r", "a.pcap", "--format", "csv").splitlines()}
        self.assertGreaterEqual(len(verdicts), 3, verdicts)  # the header's own word and two verdicts

    def test_compressed_files_equal_the_plain_one_but_for_their_name(self):
        self.write("a.gz", gz(MIXED))
        self.write("a.zst", zst(MIXED))
        self.write("two-members.gz", gz(MIXED[:5000]) + gz(MIXED[5000:]))
        for form in FORMATS:
            plain = self.detect("-r", "a.pcap", "--format", form)
            for name in ("a.gz", "a.zst", "two-members.gz"):
                self.assertEqual(self.detect("-r", name, "--format", form).replace(name, "a.pcap"), plain)

    def test_stdin_equals_the_file_but_for_its_name(self):
        for form in FORMATS:
            plain = self.detect("-r", "a.pcap", "--format", form)
            for data in (MIXED, gz(MIXED), zst(MIXED)):
                piped = self.detect("-r", "-", "--format", form, stdin=data)
                self.assertEqual(piped.replace("stdin", "a.pcap"), plain)

    def test_the_number_of_threads_changes_nothing(self):
        for form in FORMATS:
            one = self.detect("-r", "a.pcap", "--format", form, "-j", "1")
            for threads in ("2", "7"):
                self.assertEqual(self.detect("-r", "a.pcap", "--format", form, "-j", threads), one)

    def test_the_time_zone_and_language_change_nothing(self):
        for form in FORMATS:
            plain = self.detect("-r", "a.pcap", "--format", form)
            elsewhere = {"TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
            self.assertEqual(self.detect("-r", "a.pcap", "--format", form, environment=elsewhere), plain)

    def test_a_filter_that_all_packets_match_changes_nothing(self):
        plain = self.detect("-r", "a.pcap", "--format", "eve")
        filtered = self.detect("-r", "a.pcap", "tcp and net 10.0.0.0/16", "--format", "eve")
        self.assertEqual(filtered, plain)

    def test_a_filter_leaves_out_what_it_does_not_match(self):
        lines = self.detect("-r", "a.pcap", "host", "10.0.0.3", "--format", "csv").splitlines()
        self.assertEqual([line.split(",")[3] for line in lines[1:]], ["10.0.0.3"])


class OpenPipe(KanariaRuns):
    def test_alarms_are_told_while_the_pipe_is_open_and_an_interrupt_reports_what_was_read(self):
        command = [kanaria_runs.BINARY, "detect", "-r", "-", "--format", "eve", "--all"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdin.write(pcap(miner("10.0.0.1")))  # its alarms fit the pipe that nobody reads yet
            process.stdin.flush()
            first = json.loads(process.stdout.readline())
            self.assertEqual(first["event_type"], "alert")
            os.kill(process.pid, signal.SIGINT)
            rest = [json.loads(line) for line in process.stdout.read().splitlines()]
            self.assertEqual(process.stderr.read(), b"")
            process.stdin.close()
        self.assertEqual(process.returncode, 0)
        self.assertIn("flow", {event["event_type"] for event in rest})


if __name__ == "__main__":
    main()
