#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What kanaria says and how it exits when it is used wrongly or given what it cannot read."""

import os
import struct

from captures import chat, gz, miner, pcap, zst
from kanaria_runs import KanariaRuns, main

MINER = pcap(miner("10.0.0.1"))
CHAT = pcap(chat("10.0.0.2"))
AGAIN = "copy the file again or repair it with pcapfix"
UNWRITTEN = "results could not be written ({}); check the space left and the reader of the pipe"


def record_ends(data):
    """Offsets behind each record of a pcap file."""
    at, ends = 24, []
    while at < len(data):
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
        ends.append(at)
    return ends


class UnreadableInput(KanariaRuns):
    def detect_complains(self, name, data, sentence):
        if data is not None:
            self.write(name, data)
        return self.complains(f"{name}: {sentence}", "detect", "-r", name, exit_code=1)

    def test_a_file_that_is_no_capture(self):
        self.detect_complains(
            "notes.pcap",
            b"hello, this is no capture\n",
            "is not a capture (neither pcap nor pcapng, plain, .gz or .zst); record one with tcpdump -w",
        )

    def test_an_empty_file(self):
        self.detect_complains("a.pcap", b"", "is empty; a capture begins with a header of at least 24 bytes")

    def test_a_file_cut_within_its_header(self):
        for size in (4, 20, 23):
            self.detect_complains(
                "a.pcap", MINER[:size], f"the file header is cut at byte {size} of 24; copy the file again"
            )

    def test_a_file_cut_within_a_packet_uses_the_packets_before_it(self):
        ends = record_ends(MINER)
        ran = self.detect_complains(
            "a.pcap",
            MINER[: ends[9] - 1],
            f"record at byte {ends[8]} claims {ends[9] - ends[8]} bytes but the file ends at byte {ends[9] - 1}; "
            f"the 9 packets before it were used; {AGAIN}",
        )
        self.assertIn("1 connection in 9 frames (9 TCP)", ran.out)

    def test_a_file_cut_within_a_record_header(self):
        end = record_ends(MINER)[0]
        self.detect_complains(
            "a.pcap",
            MINER[: end + 7],
            f"record at byte {end} claims 16 bytes but the file ends at byte {end + 7}; "
            f"the 1 packet before it was used; {AGAIN}",
        )

    def test_a_record_whose_length_cannot_be(self):
        lying = MINER[:32] + b"\xff" * 8 + MINER[40:]
        self.detect_complains(
            "a.pcap",
            lying,
            f"record at byte 24 claims an impossible length of 4294967295 bytes; no packet stands before it; {AGAIN}",
        )

    def test_a_record_whose_length_reaches_behind_the_file(self):
        lying = MINER[:32] + struct.pack("<I", len(MINER)) + MINER[36:]
        self.detect_complains(
            "a.pcap",
            lying,
            f"record at byte 24 claims {len(MINER) + 16} bytes but the file ends at byte {len(MINER)}; "
            f"no packet stands before it; {AGAIN}",
        )

    def test_half_written_gzip_and_zstandard(self):
        for name, data in (("a.gz", gz(MINER)[:-20]), ("a.zst", zst(MINER)[:3000])):
            self.write(name, data)
            ran = self.run_kanaria("detect", "-r", name)
            self.assertRegex(
                ran.err,
                rf"\Akanaria: {name}: at byte \d+ the compressed data stop in the middle; "
                r"the \d+ packets before it were used; copy the file again\n\Z",
            )
            self.assertEqual(ran.exit_code, 1)

    def test_compressed_data_that_hold_no_capture(self):
        for name, data in (("a.gz", gz(b"hello\n")), ("a.zst", zst(b"hello\n"))):
            self.detect_complains(
                name,
                data,
                "is not a capture (neither pcap nor pcapng, plain, .gz or .zst); record one with tcpdump -w",
            )

    def test_a_directory(self):
        os.mkdir(self.path("d"))
        self.detect_complains("d", None, "is a directory; name the capture files in it")

    def test_a_missing_file(self):
        self.detect_complains("no.pcap", None, "there is no such file; check the name")

    def test_a_missing_file_does_not_keep_the_others_from_being_read(self):
        self.write("a.pcap", MINER)
        self.write("b.pcap", CHAT)
        ran = self.complains(
            "no.pcap: there is no such file; check the name",
            *("detect", "-r", "a.pcap", "no.pcap", "b.pcap"),
            exit_code=1,
        )
        self.assertIn(f"2 connections in {len(record_ends(MINER)) + len(record_ends(CHAT))} frames", ran.out)

    def test_empty_stdin(self):
        self.complains(
            "stdin: is empty; a capture begins with a header of at least 24 bytes", "detect", "-r", "-", exit_code=1
        )

    def test_an_unknown_link_type_gives_frames_but_no_connection(self):
        self.write("a.pcap", pcap(miner("10.0.0.1"), link_type=147))
        ran = self.run_kanaria("detect", "-r", "a.pcap")
        self.assertIn(f"0 connections in {len(record_ends(MINER))} frames (0 TCP)", ran.out)

    def test_an_interface_that_is_not_there(self):
        self.complains(
            "kanaria-none0: there is no such interface; list them with 'ip link'",
            *("detect", "-i", "kanaria-none0"),
            exit_code=1,
        )

    def test_a_capture_of_an_unknown_link_type_is_said_to_be_unjudged(self):
        self.write("a.pcap", pcap(miner("10.0.0.1"), link_type=147))
        frames = len(record_ends(MINER))
        self.assertEqual(
            self.run_kanaria("detect", "-r", "a.pcap").err,
            f"kanaria: {frames} of {frames} frames have a link type that is not known here and were not "
            "judged; capture on another interface or convert them\n",
        )


class UnusableModel(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.write("a.pcap", MINER)

    def test_a_missing_model(self):
        self.complains(
            "no.onnx: the model cannot be opened (No such file or directory); check the path",
            *("detect", "-r", "a.pcap", "--model", "no.onnx"),
            exit_code=1,
        )

    def test_a_model_that_is_a_capture(self):
        self.complains(
            "a.pcap: is not an ONNX model; name a file made by 'kanaria train'",
            *("detect", "-r", "a.pcap", "--model", "a.pcap"),
            exit_code=1,
        )

    def test_an_instruction_set_that_is_not_there(self):
        ran = self.run_kanaria("detect", "-r", "a.pcap", environment={"KANARIA_SIMD": "mmx"})
        self.assertRegex(
            ran.err,
            r"\Akanaria: KANARIA_SIMD is 'mmx', which this processor or build does not have; "
            r"unset it or choose baseline( or v3)?( or v4)?\n\Z",
        )
        self.assertEqual(ran.exit_code, 1)


class WrongUse(KanariaRuns):
    def misuse(self, sentence, *arguments):
        ran = self.complains(sentence, *arguments, exit_code=2)
        self.assertEqual(ran.out, "")

    def test_no_command(self):
        self.misuse("no command; see 'kanaria --help'")

    def test_an_unknown_command_near_and_far(self):
        self.misuse("unknown command 'detec': did you mean 'detect'?; see 'kanaria --help'", "detec")
        self.misuse("unknown command 'tcpdump'; see 'kanaria --help'", "tcpdump")

    def test_an_unknown_option_near_and_far(self):
        near = "unknown option '--formt': did you mean '--format'?; see 'kanaria detect --help'"
        self.misuse(near, "detect", "-r", "a.pcap", "--formt", "csv")
        self.misuse("unknown option '--verbose'; see 'kanaria detect --help'", "detect", "-r", "a", "--verbose")
        self.misuse("unknown option '-x'; see 'kanaria detect --help'", "detect", "-r", "a", "-x")
        near = "unknown option '--lable': did you mean '--lens'?; see 'kanaria train --help'"
        self.misuse(near.replace("lable", "len"), "train", "L.csv", "-o", "m.onnx", "--len")

    def test_a_filter_that_is_not_understood(self):
        self.write("a.pcap", MINER)
        self.misuse(
            "filter 'tcp port' is not understood (can't parse filter expression: syntax error); see pcap-filter(7)",
            *("detect", "-r", "a.pcap", "tcp", "port"),
        )

    def test_an_unknown_lens_near_and_far(self):
        near = "unknown lens 'pear': did you mean 'pair'? (rhythm, pair, lengths, header)"
        self.misuse(near, "detect", "-r", "a.pcap", "--lens", "pear")
        self.misuse("unknown lens 'telescope': choose one of (rhythm, pair, lengths, header)", "train", "L.csv", "-o", "m", "--lens", "telescope")

    def test_values_that_are_not_allowed(self):
        self.misuse(
            "--format: xml not in {table,eve,csv}; see 'kanaria detect --help'",
            *("detect", "-r", "a.pcap", "--format", "xml"),
        )
        self.misuse(
            "-j: Value 0 not in range 1 to 64; see 'kanaria detect --help'", "detect", "-r", "a.pcap", "-j", "0"
        )

    def test_no_input_and_two_kinds_of_input(self):
        sentence = (
            "name captures with -r FILE or an interface with -i INTERFACE, one of the two; see 'kanaria detect --help'"
        )
        self.misuse(sentence, "detect")
        self.misuse(sentence, "detect", "-r", "a.pcap", "-i", "lo")

    def test_training_without_labels_or_without_anything_to_do(self):
        self.misuse("DATA is required; see 'kanaria train --help'", "train")
        self.misuse(
            "nothing to do: name a model to write with -o, or a share to test on with --test", "train", "L.csv"
        )


class Help(KanariaRuns):
    def test_is_told_on_stdout_with_exit_code_0(self):
        for arguments in (["--help"], ["-h"], ["help"], ["capture", "--help"], ["detect", "--help"], ["train", "-h"]):
            self.assertIn("usage: kanaria", self.runs(*arguments))

    def test_of_a_command_fits_one_screen(self):
        for command in ("capture", "inspect", "detect", "dataset", "train", "grid", "evaluate"):
            self.assertLessEqual(self.runs(command, "--help").count("\n"), 60)

    def test_version_is_one_line(self):
        self.assertRegex(self.runs("--version"), r"\Akanaria \d+\.\d+\.\d+\n\Z")


class LostOutput(KanariaRuns):
    COMMANDS = (
        ["--help"],
        ["--version"],
        ["detect", "--help"],
        ["detect", "-r", "a.pcap"],
        ["detect", "-r", "a.pcap", "--all", "--format", "eve"],
        ["detect", "-r", "a.pcap", "--format", "csv"],
    )

    def setUp(self):
        super().setUp()
        self.write("a.pcap", MINER)

    def test_a_full_disk_is_said_with_exit_code_1(self):
        for arguments in self.COMMANDS:
            with open("/dev/full", "wb") as full, self.subTest(arguments):
                self.complains(
                    UNWRITTEN.format("No space left on device"), *arguments, exit_code=1, stdout=full
                )

    def test_a_closed_stdout_is_said_with_exit_code_1(self):
        for arguments in self.COMMANDS:
            with self.subTest(arguments):
                self.complains(
                    UNWRITTEN.format("Bad file descriptor"), *arguments, exit_code=1, preexec_fn=lambda: os.close(1)
                )

    def test_a_closed_stderr_does_not_change_the_exit_code(self):
        for arguments, exit_code in ((["detect", "-r", "no.pcap"], 1), (["detect"], 2), (["nonsense"], 2)):
            with self.subTest(arguments):
                ran = self.run_kanaria(*arguments, preexec_fn=lambda: os.close(2))
                self.assertEqual(ran.exit_code, exit_code)


if __name__ == "__main__":
    main()
