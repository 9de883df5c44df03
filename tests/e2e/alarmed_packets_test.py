#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""detect -w and --report: the headers of channels that mine, and of nobody else; what is refused."""

import csv
import io
import os
import shutil
import signal
import subprocess

import kanaria_runs
from captures import chat, gz, miner, pcap
from kanaria_runs import KanariaRuns, main
from pcapng_blocks import packet_blocks


def with_payload(packets):
    """The same frames, their payload no longer zeros but a word."""
    return [(time, frame[:54] + (b"SECRET" * 300)[: len(frame) - 54]) for time, frame in packets]


MINER = with_payload(miner("10.0.0.1"))
OTHERS = chat("10.0.0.2") + chat("10.0.0.1", port=52000)  # the miner's host chats, too
BOTH = sorted(MINER + OTHERS, key=lambda packet: packet[0])


def headers(packets):
    return [(frame[: 14 + 20 + (frame[46] >> 4) * 4], len(frame)) for _, frame in packets]


class AlarmedPackets(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.write("a.pcap", pcap(BOTH))

    def written(self, *arguments, **more):
        self.runs("detect", *arguments, "-w", "w.pcapng", **more)
        return list(packet_blocks(self.read("w.pcapng")))

    def packets_before_the_alarm(self):
        told = self.runs("detect", "-r", "a.pcap", "--format", "csv")
        alarm = float(next(csv.DictReader(io.StringIO(told)))["alarm_time"])
        return sum(time < alarm - 1e-6 for time, _ in BOTH)

    def test_of_a_file_all_packets_of_the_channel_are_written_and_no_payload(self):
        self.assertEqual(self.written("-r", "a.pcap"), headers(MINER))
        self.assertNotIn(b"SECRET", self.read("w.pcapng"))

    def test_compressed_files_and_threads_give_the_same(self):
        self.write("a.gz", gz(pcap(BOTH)))
        self.written("-r", "a.pcap")
        expected = self.read("w.pcapng")
        for arguments in (("-r", "a.gz"), ("-r", "a.pcap", "-j", "3")):
            self.written(*arguments)
            self.assertEqual(self.read("w.pcapng"), expected)

    def test_of_several_files_the_channel_is_looked_for_in_each(self):
        half = len(BOTH) // 2
        self.write("1.pcap", pcap(BOTH[:half]))
        self.write("2.pcap", pcap(BOTH[half:]))
        self.assertEqual(self.written("-r", "1.pcap", "2.pcap"), headers(MINER))

    def test_a_filter_holds_for_what_is_written(self):
        blocks = self.written("-r", "a.pcap", "tcp", "and", "(port 50000 and not tcp[tcpflags] & tcp-syn != 0)")
        syns = sum(bool(frame[47] & 2) for _, frame in MINER)
        self.assertEqual((len(blocks), syns), (len(MINER) - 2, 2))

    def test_of_stdin_packets_are_written_from_the_alarm_on(self):
        before = self.packets_before_the_alarm()
        self.assertGreater(before, 0)
        expected = headers([packet for packet in BOTH[before:] if packet in MINER])
        for threads in ("1", "3"):
            self.assertEqual(self.written("-r", "-", "-j", threads, stdin=pcap(BOTH)), expected)

    def test_authorised_miners_are_left_out(self):
        self.write("rigs.toml", b'[[authorised]]\ncidr = "10.0.0.1"\n')
        self.assertEqual(self.written("-r", "a.pcap", "--policy", "rigs.toml"), [])

    def test_when_nobody_mines_the_file_is_an_empty_capture(self):
        self.write("chat.pcap", pcap(OTHERS))
        self.assertEqual(self.written("-r", "chat.pcap"), [])
        self.assertIn("0 connections in 0 frames", self.runs("detect", "-r", "w.pcapng"))

    def test_what_was_written_gives_the_same_verdict(self):
        self.written("-r", "a.pcap")
        first, second = (
            self.runs("detect", "-r", name, "--format", "csv").replace(name, "") for name in ("a.pcap", "w.pcapng")
        )
        self.assertEqual(first, second)

    def test_tshark_reads_it(self):
        if not shutil.which("tshark"):
            self.skipTest("tshark is not installed")
        self.written("-r", "a.pcap")
        done = subprocess.run(
            ["tshark", "-n", "-r", self.path("w.pcapng"), "-T", "fields", "-e", "tcp.len"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(done.stdout.decode().splitlines()), len(MINER))

    def test_an_interrupt_leaves_what_was_written_so_far(self):
        os.mkfifo(self.path("pipe"))
        command = [kanaria_runs.BINARY, "detect", "-r", "pipe", "-w", "w.pcapng", "--format", "eve"]
        with subprocess.Popen(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            with open(self.path("pipe"), "wb") as pipe:
                pipe.write(pcap(BOTH))
                pipe.flush()
                process.stdout.readline()  # the alarm
                os.kill(process.pid, signal.SIGINT)
                process.stdout.read()
            self.assertEqual((process.wait(timeout=60), process.stderr.read()), (0, b""))
        self.assertGreater(len(list(packet_blocks(self.read("w.pcapng")))), 0)


class FilesToWrite(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.write("a.pcap", pcap(BOTH))

    def test_stdout_and_one_name_for_two_are_refused(self):
        for option in ("-w", "--report"):
            self.complains(
                f"{option}: stdout is for the results; name a file",
                *("detect", "-r", "a.pcap", option, "-"),
                exit_code=2,
            )
        self.complains(
            "-w and --report both name out; name two files",
            *("detect", "-r", "a.pcap", "-w", "out", "--report", "out"),
            exit_code=2,
        )

    def test_an_input_is_never_written_to(self):
        before = self.read("a.pcap")
        for option in ("-w", "--report"):
            self.complains(
                f"a.pcap: is an input as well; name another file with {option}",
                *("detect", "-r", "a.pcap", option, "a.pcap"),
                exit_code=1,
            )
        self.assertEqual(self.read("a.pcap"), before)

    def test_one_that_cannot_be_created_ends_the_run_before_it_begins(self):
        for option in ("-w", "--report"):
            ran = self.run_kanaria("detect", "-r", "a.pcap", option, "no/such/folder/file")
            self.assertRegex(ran.err, r"\Akanaria: no/such/folder/file: .*\n\Z")
            self.assertEqual((ran.exit_code, ran.out), (1, ""))

    def test_an_older_one_stays_when_there_is_nothing_to_read(self):
        self.write("old", b"old")
        for option in ("-w", "--report"):
            self.run_kanaria("detect", "-r", "none.pcap", option, "old")
            self.assertEqual(self.read("old"), b"old")

    def test_a_full_disk_is_said(self):
        for option in ("-w", "--report"):
            ran = self.run_kanaria("detect", "-r", "a.pcap", option, "/dev/full")
            self.assertEqual(ran.exit_code, 1)
            self.assertIn("No space left on device", ran.err)


if __name__ == "__main__":
    main()
