#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Data sets written from captures, and what is made of them."""

import csv
import gzip
import io
import os
import signal
import subprocess
import threading

import kanaria_runs
from captures import START, chat, connection, miner, pcap, pcap_head, pcap_record
from kanaria_runs import KanariaRuns, main

LABELS = "file,src_ip,label,kind,source\nday.pcap,10.0.0.1,mining,xmrig,lab\nday.pcap,,benign,chat,lab\n"
NOTES = ["capture", "connection", "start", "time", "lens", "label", "kind", "source", "group", "copy"]


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


class WrittenDataSet(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.packets = miner("10.0.0.1") + chat("10.0.0.2")
        self.write("captures/day.pcap", pcap(self.packets))
        self.write("captures/LABELS.csv", LABELS.encode())

    def dataset(self, *arguments, says, exit_code=0, **more):
        ran = self.run_kanaria("dataset", *arguments, **more)
        self.assertEqual(ran.err, f"kanaria: {says}\n")
        self.assertEqual(ran.exit_code, exit_code)
        return ran.out

    def test_has_a_row_a_pair_with_its_connection_time_and_label(self):
        rows = rows_of(self.whole())
        self.assertEqual(list(rows[0])[:10], NOTES)
        mining = [row for row in rows if row["label"] == "mining"]
        sizes = [len(frame) for _, frame in sorted(miner("10.0.0.1"), key=lambda packet: packet[0])]
        lengths = [size - 54 for size in sizes if size > 58]
        self.assertEqual([int(row["length_1"]) for row in mining], lengths[:-1])
        self.assertEqual([int(row["length_2"]) for row in mining], lengths[1:])
        first = mining[0]
        self.assertEqual(
            [first[name] for name in NOTES],
            ["captures/day.pcap", "10.0.0.1:50000-203.0.113.5:3333#1", f"{START}.000000000",
             f"{START}.150000000", "pair 1", "mining", "xmrig", "lab", "lab", "0"],
        )
        self.assertEqual(len({row["connection"] for row in rows}), 2)

    def whole(self, *arguments):
        ran = self.run_kanaria("dataset", "captures/LABELS.csv", *arguments)
        self.assertRegex(
            ran.err, r"\Akanaria: (\d+) rows of 2 connections in 1 capture: (\d+) mining, (\d+) benign\n\Z"
        )
        self.assertEqual(ran.exit_code, 0)
        return ran.out

    def test_is_the_same_on_stdout_and_in_a_file(self):
        text = self.whole()
        self.assertEqual(self.whole("-o", "d.csv"), "")
        self.assertEqual(self.read("d.csv").decode(), text)
        self.whole("-o", "d.csv.gz")
        self.assertEqual(gzip.decompress(self.read("d.csv.gz")).decode(), text)

    def test_a_filter_and_one_label_give_the_rows_that_labels_give(self):
        wanted = [row for row in rows_of(self.whole()) if row["label"] == "mining"]
        said = f"{len(wanted)} rows of 1 connection in 1 capture: {len(wanted)} mining, 0 benign"
        text = self.dataset("-r", "captures/day.pcap", "port", "3333", "--label", "mining", "--kind", "xmrig",
                            "--source", "lab", says=said)
        self.assertEqual(rows_of(text), wanted)
        from_stdin = self.dataset("-r", "-", "port", "3333", "--label", "mining", "--kind", "xmrig", "--source",
                                  "lab", says=said, stdin=self.read("captures/day.pcap"))
        self.assertEqual(from_stdin, text.replace("captures/day.pcap", "stdin"))

    def test_every_lens_and_a_longest_gap_have_their_rows(self):
        rows = rows_of(self.whole("--lens", "header"))
        self.assertEqual(len(rows), len(self.packets))
        self.assertEqual({row["lens"] for row in rows}, {"header 1"})
        pairs = rows_of(self.whole())
        near = rows_of(self.whole("--max-gap", "20"))
        self.assertLess(0, len(near))
        self.assertLess(len(near), len(pairs))
        self.assertEqual(near, [row for row in pairs if row in near])

    def test_trains_the_same_model_as_the_captures(self):
        self.whole("-o", "d.csv.zst")
        quick = ("--hidden", "8", "--epochs", "3", "--validation", "0", "--seed", "3")
        self.assertEqual(
            self.runs("train", "captures/LABELS.csv", *quick, "-o", "m.onnx"),
            self.runs("train", "d.csv.zst", *quick, "-o", "m.onnx"),
        )
        self.runs("train", "captures/LABELS.csv", *quick, "-o", "a.onnx")
        self.runs("train", "d.csv.zst", *quick, "-o", "b.onnx")
        self.assertEqual(self.read("a.onnx"), self.read("b.onnx"))

    def test_of_another_lens_is_not_trained_on(self):
        self.whole("--lens", "header", "-o", "d.csv")
        self.complains(
            "d.csv: holds rows of lens 'header', not of 'pair'; name that lens or make another file with "
            "'kanaria dataset --lens pair'",
            *("train", "d.csv", "--lens", "pair", "-o", "m.onnx"),
            exit_code=1,
        )

    def test_labels_and_filters_that_match_nothing_are_said_and_leave_the_first_line(self):
        self.write("captures/N.csv", b"file,src_ip,label\nday.pcap,192.0.2.1,mining\n")
        text = self.dataset(
            "captures/N.csv",
            says="the labels match no connection of their 1 captures; check file names and addresses in the labels",
            exit_code=1,
        )
        self.assertEqual(text.count("\n"), 1)
        text = self.dataset(
            *("-r", "captures/day.pcap", "port", "9", "--label", "benign"),
            says="no connection of the 1 capture gave a row; check the filter and --max-gap",
            exit_code=1,
        )
        self.assertEqual(text.count("\n"), 1)

    def test_a_damaged_capture_is_used_as_far_as_it_goes_and_said_with_exit_code_1(self):
        whole = rows_of(self.whole())
        data = self.read("captures/day.pcap")
        self.write("captures/day.pcap", data[:-1])
        ran = self.run_kanaria("dataset", "captures/LABELS.csv")
        self.assertRegex(
            ran.err,
            rf"\Akanaria: captures/day\.pcap: record at byte \d+ claims \d+ bytes but the file ends at byte "
            rf"{len(data) - 1}; the \d+ packets before it were used; copy the file again or repair it with pcapfix\n"
            r"kanaria: \d+ rows of 2 connections in 1 capture: \d+ mining, \d+ benign\n\Z",
        )
        self.assertEqual(ran.exit_code, 1)
        self.assertEqual(rows_of(ran.out), whole[: len(rows_of(ran.out))])

    def test_a_full_disk_is_said(self):
        full = "could not be written on (No space left on device); what stands in it is kept, check the space left"
        with open("/dev/full", "wb") as stdout:
            self.complains(f"stdout: {full}", "dataset", "captures/LABELS.csv", exit_code=1, stdout=stdout)
        self.complains(f"/dev/full: {full}", "dataset", "captures/LABELS.csv", "-o", "/dev/full", exit_code=1)

    def test_at_most_so_many_rows_of_a_connection_are_written_and_learnt_from(self):
        whole = self.run_kanaria("dataset", "captures/LABELS.csv", "-o", "whole.csv")
        self.assertEqual(whole.exit_code, 0)
        rows = rows_of(self.read("whole.csv").decode())
        self.run_kanaria("dataset", "captures/LABELS.csv", "--most-rows", "20", "-o", "some.csv")
        some = rows_of(self.read("some.csv").decode())
        for connection in {row["connection"] for row in rows}:
            of_whole = [row for row in rows if row["connection"] == connection]
            of_some = [row for row in some if row["connection"] == connection]
            self.assertGreater(len(of_whole), 40)
            self.assertLessEqual(len(of_some), 20)
            self.assertEqual(of_some[:10], of_whole[:10])
            self.assertTrue(all(row in of_whole for row in of_some))
        train = ("--test", "0.5", "--split", "random", "--epochs", "1", "--validation", "0")
        told = [self.runs("train", data, *more, *train) for data, more in
                (("captures/LABELS.csv", ("--most-rows", "20")), ("some.csv", ()))]
        self.assertEqual(*told)
        self.complains(
            "--most-rows and --augment are for captures, and data files hold rows already: give them to "
            "'kanaria dataset', or name LABELS.csv",
            *("train", "some.csv", "--most-rows", "9", *train),
            exit_code=1,
        )
        self.complains(
            "--most-rows: Value 0 not in range 1 to 1073741824; see 'kanaria dataset --help'",
            *("dataset", "captures/LABELS.csv", "--most-rows", "0"),
            exit_code=2,
        )

    def test_augmentation_adds_rows_of_changed_copies_and_leaves_the_others_as_they_are(self):
        plain = rows_of(self.whole())
        rows = rows_of(self.whole("--augment", "3"))
        self.assertEqual({row["copy"] for row in rows}, {"0", "1", "2", "3"})
        self.assertEqual([row for row in rows if row["copy"] == "0"], plain)
        lengths = lambda copy: [row["length_2"] for row in rows if row["copy"] == copy]
        self.assertGreater(len({tuple(lengths(copy)) for copy in "0123"}), 1)
        self.assertEqual(rows_of(self.whole("--augment", "3")), rows)
        self.assertNotEqual(rows_of(self.whole("--augment", "3", "--seed", "2")), rows)
        self.complains(
            "lens 'header' describes packets, and augmentation changes segments and messages: choose another lens, "
            "or none of the two",
            *("dataset", "captures/LABELS.csv", "--lens", "header", "--augment", "1"),
            exit_code=2,
        )

    def test_never_overwrites_what_it_reads(self):
        before = self.read("captures/day.pcap")
        for output in ("captures/day.pcap", "captures/LABELS.csv"):
            self.complains(
                f"{output}: is read from and cannot be written to; name another file",
                *("dataset", "captures/LABELS.csv", "-o", output),
                exit_code=1,
            )
        self.assertEqual(self.read("captures/day.pcap"), before)
        self.assertEqual(self.read("captures/LABELS.csv"), LABELS.encode())

    def test_wrong_use_is_said(self):
        for sentence, *arguments in (
            ("name LABELS.csv, or captures with -r FILE; see 'kanaria dataset --help'",),
            ("-r needs the label of its connections: --label mining or --label benign", "-r", "a.pcap"),
            ("--label, --kind, --source and --group belong to -r: LABELS.csv says them itself",
             "a.csv", "--label", "mining"),
            ("--label: miner not in {mining,benign}; see 'kanaria dataset --help'", "-r", "a", "--label", "miner"),
            ("unknown lens 'pear': did you mean 'pair'? (rhythm, pair, lengths, header)", "a.csv", "--lens", "pear"),
            ("filter 'tcp port' is not understood (can't parse filter expression: syntax error); see pcap-filter(7)",
             "-r", "a.pcap", "tcp", "port", "--label", "mining"),
        ):
            self.assertEqual(self.complains(sentence, "dataset", *arguments, exit_code=2).out, "")

    def test_what_cannot_be_opened_is_said(self):
        self.complains("no.csv: there is no such file; check the name", "dataset", "no.csv", exit_code=1)
        self.complains(
            "no/d.csv: cannot be created (No such file or directory); check the folder and its permissions",
            *("dataset", "captures/LABELS.csv", "-o", "no/d.csv"),
            exit_code=1,
        )


def long_capture(megabytes):
    """A capture of that size, piece by piece: short connections, one after the other, for hours."""
    yield pcap_head()
    size, number = 0, 0
    while size < megabytes << 20:
        messages = [(0.1 * i, i % 4 == 0, 1400) for i in range(1, 30)]
        client = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 50000)
        packets = connection(client, ("203.0.113.5", 443), messages, start=START + 2 * number)
        piece = b"".join(pcap_record(packet) for packet in packets)
        size += len(piece)
        number += 1
        yield piece


class StreamedDataSet(KanariaRuns):
    ARGUMENTS = ("dataset", "-r", "-", "--label", "benign")

    def start(self, stdout, stderr=None):
        options = "quarantine_size_mb=1:" + os.environ.get("ASAN_OPTIONS", "")
        return subprocess.Popen(
            [kanaria_runs.BINARY, *self.ARGUMENTS],
            stdin=subprocess.PIPE, stdout=stdout, stderr=stderr, env=dict(os.environ, ASAN_OPTIONS=options),
        )

    def most_memory(self, megabytes):
        """KiB that a run over such a capture held at most."""
        running = self.start(subprocess.DEVNULL, subprocess.DEVNULL)
        with running.stdin as pipe:
            for piece in long_capture(megabytes):
                pipe.write(piece)
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(running.returncode, 0)
        return usage.ru_maxrss

    def test_memory_does_not_follow_the_captures_size(self):
        self.assertLess(self.most_memory(160), self.most_memory(40) + 8192)

    def test_an_interrupt_leaves_whole_rows_and_says_so(self):
        running = self.start(subprocess.PIPE, subprocess.PIPE)
        chunks, some_rows_are_out = [], threading.Event()

        def collect():
            while chunk := running.stdout.read1():
                chunks.append(chunk)
                some_rows_are_out.set()

        collector = threading.Thread(target=collect)
        collector.start()
        for piece in long_capture(8):
            running.stdin.write(piece)
        some_rows_are_out.wait(60)
        running.send_signal(signal.SIGINT)
        collector.join()
        said = running.stderr.read().decode()
        self.assertEqual(running.wait(), 1)
        for pipe in (running.stdin, running.stdout, running.stderr):
            pipe.close()
        text = b"".join(chunks).decode()
        rows = rows_of(text)
        self.assertTrue(text.endswith("\n"))
        self.assertNotIn(None, {value for row in rows for value in row.values()})
        self.assertRegex(
            said,
            rf"\Akanaria: stopped before the end of the captures: {len(rows)} rows of \d+ connections in 1 capture: "
            rf"0 mining, {len(rows)} benign\n\Z",
        )


if __name__ == "__main__":
    main()
