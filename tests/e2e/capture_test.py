#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kanaria capture: what it keeps of a capture, what it does not, and that others can read it."""

import csv
import glob
import ipaddress
import os
import shutil
import signal
import socket
import struct
import subprocess

import kanaria_runs
from captures import chat, miner, pcap, tcp_frame
from kanaria_runs import KanariaRuns, main
from pcapng_blocks import packet_blocks

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples")
CAPTURES = ("browser-miner.pcapng", "eth.pcap", "office.pcap.zst", "xmrig.pcap.gz")
ETHERNET_AND_RAW = ("browser-miner.pcapng", "xmrig.pcap.gz")  # IPv4 and IPv6 both
FIELDS = (
    "frame.time_epoch frame.len ip.src ip.dst ip.ttl ip.id ip.len ip.checksum ipv6.src ipv6.dst ipv6.hlim tcp.srcport "
    "tcp.dstport tcp.seq_raw tcp.ack_raw tcp.flags tcp.window_size_value tcp.hdr_len tcp.len tcp.checksum tcp.options"
).split()
ADDRESSES = ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst")
KEY = bytes(range(32))
MINER = pcap(miner("10.0.0.1"))


def with_payload(frames):
    """The same frames, their payload no longer zeros but a word."""
    return [(time, frame[:54] + (b"SECRET" * 300)[: len(frame) - 54]) for time, frame in frames]


class Capture(KanariaRuns):
    def setUp(self):
        super().setUp()
        shutil.copytree(SAMPLES, self.path("samples"))

    def capture(self, *arguments, **more):
        return self.runs("capture", *arguments, **more)

    def verdicts(self, *captures, **more):
        """A line a connection without the file's name, in a fixed order."""
        told = self.runs("detect", "-r", *captures, "--all", "--format", "csv", **more)
        return sorted(line.partition(",")[2] for line in told.splitlines())

    def tshark(self, name, fields=FIELDS):
        options = [word for field in fields for word in ("-e", field)]
        done = subprocess.run(
            ["tshark", "-n", "-r", self.path(name), "-T", "fields", *options],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        complaints = [line for line in done.stderr.decode().splitlines() if "Running as user" not in line]
        self.assertEqual((done.returncode, complaints), (0, []))
        return done.stdout.decode().splitlines()

    def columns(self, name, fields):
        return [line.split("\t") for line in self.tshark(name, fields)]


class HeaderOnly(Capture):
    def test_copies_give_the_same_verdicts(self):
        for name in CAPTURES:
            self.capture("-r", f"samples/{name}", "-w", "copy.pcapng")
            self.assertEqual(self.verdicts("copy.pcapng"), self.verdicts(f"samples/{name}"))

    def test_copies_are_the_same_to_tshark(self):
        for name in CAPTURES:
            self.capture("-r", f"samples/{name}", "-w", "copy.pcapng")
            self.assertEqual(self.tshark("copy.pcapng"), self.tshark(f"samples/{name}"))

    def test_no_byte_of_payload_reaches_the_file(self):
        frames = with_payload(miner("10.0.0.1"))
        self.write("a.pcap", pcap(frames))
        self.assertIn(b"SECRET", self.read("a.pcap"))
        self.capture("-r", "a.pcap", "-w", "copy.pcapng")
        copy = self.read("copy.pcapng")
        self.assertNotIn(b"SECRET", copy)
        expected = [(frame[: 14 + 20 + (frame[46] >> 4) * 4], len(frame)) for _, frame in frames]
        self.assertEqual(list(packet_blocks(copy)), expected)

    def test_a_copy_of_a_copy_is_the_copy(self):
        self.capture("-r", "samples/eth.pcap", "-w", "one.pcapng")
        self.capture("-r", "one.pcapng", "-w", "two.pcapng")
        self.assertEqual(self.read("one.pcapng"), self.read("two.pcapng"))

    def test_compressed_and_piped_files_hold_the_same(self):
        self.capture("-r", "samples/eth.pcap", "-w", "plain.pcapng")
        expected = self.verdicts("plain.pcapng")
        for name in ("copy.pcapng.gz", "copy.pcapng.zst"):
            self.capture("-r", "samples/eth.pcap", "-w", name)
            self.assertLess(os.path.getsize(self.path(name)), os.path.getsize(self.path("plain.pcapng")))
            self.assertEqual(self.verdicts(name), expected)
        piped = subprocess.run(
            [kanaria_runs.BINARY, "capture", "-r", "samples/eth.pcap", "-w", "-"],
            cwd=self.folder,
            capture_output=True,
            timeout=120,
        )
        self.assertEqual(piped.stdout, self.read("plain.pcapng"))
        self.assertEqual(
            piped.stderr.decode(),
            "923 frames read, 224430 bytes on the wire; 923 with TCP written, 57390 bytes of headers, to stdout.\n",
        )

    def test_what_is_no_tcp_is_counted_by_its_status(self):
        udp = bytes(12) + b"\x08\x00" + struct.pack(">BBHHHBBH", 0x45, 0, 28, 1, 0, 64, 17, 0) + bytes(16)
        arp = bytes(12) + b"\x08\x06" + bytes(28)
        frames = [(0, arp), (1, udp), (2, udp), (3, tcp_frame(("10.0.0.1", 1), ("10.0.0.2", 2), 1, 1, 16, 9))]
        self.write("a.pcap", pcap(frames))
        self.assertEqual(
            self.capture("-r", "a.pcap", "-w", "copy.pcapng"),
            "4 frames read, 189 bytes on the wire; 1 with TCP written, 54 bytes of headers, to copy.pcapng.\n"
            "Not written: 1 not_ip, 2 not_tcp.\n",
        )

    def test_inputs_of_several_link_types_share_a_file(self):
        expected = []
        for name in CAPTURES:
            self.capture("-r", f"samples/{name}", "-w", "copy.pcapng")
            expected += packet_blocks(self.read("copy.pcapng"))
        self.capture("-r", *(f"samples/{name}" for name in CAPTURES), "-w", "all.pcapng")
        self.assertEqual(list(packet_blocks(self.read("all.pcapng"))), expected)
        self.assertEqual(len(self.tshark("all.pcapng")), len(expected))

    def test_a_filter_chooses_what_is_written(self):
        told = self.capture("-r", "samples/eth.pcap", "-w", "copy.pcapng", "host", "10.20.0.102")
        self.assertIn(f"{len(self.tshark('copy.pcapng'))} with TCP written", told)
        hosts = {host for source, target in self.columns("copy.pcapng", ADDRESSES[:2]) for host in (source, target)}
        self.assertIn("10.20.0.102", hosts)
        self.assertNotIn("10.20.0.101", hosts)


class Anonymized(Capture):
    def setUp(self):
        super().setUp()
        self.write("key", KEY)

    def test_the_published_vectors_of_the_key_hold(self):
        self.write("a.pcap", pcap([(0, tcp_frame(("192.0.2.1", 1), ("192.0.2.1", 2), 1, 1, 16, 0))]))
        self.capture("-r", "a.pcap", "-w", "copy.pcapng", "--anonymize-key", "key")
        self.assertEqual(self.columns("copy.pcapng", ADDRESSES[:2]), [["2.90.93.17", "2.90.93.17"]])

    def test_only_addresses_and_checksums_differ_to_tshark(self):
        fields = [field for field in FIELDS if field not in (*ADDRESSES, "ip.checksum", "tcp.checksum")]
        for name in ETHERNET_AND_RAW:
            self.capture("-r", f"samples/{name}", "-w", "copy.pcapng", "--anonymize")
            self.assertEqual(self.tshark("copy.pcapng", fields), self.tshark(f"samples/{name}", fields))

    def test_prefixes_stay_and_names_are_one_to_one(self):
        for name in ETHERNET_AND_RAW:
            self.capture("-r", f"samples/{name}", "-w", "copy.pcapng", "--anonymize-key", "key")
            renamed = {}
            before, after = self.columns(f"samples/{name}", ADDRESSES), self.columns("copy.pcapng", ADDRESSES)
            for old, new in zip(sum(before, []), sum(after, [])):
                if old:
                    self.assertEqual(renamed.setdefault(ipaddress.ip_address(old), new), new)
            self.assertEqual(len(set(renamed.values())), len(renamed))
            for one in renamed:
                self.assertNotEqual(str(one), renamed[one])
                for other in renamed:
                    if one.version == other.version:
                        new = [int(ipaddress.ip_address(renamed[address])) for address in (one, other)]
                        self.assertEqual((int(one) ^ int(other)).bit_length(), (new[0] ^ new[1]).bit_length())

    def test_verdicts_are_the_same_but_for_the_addresses(self):
        # What is known of channel and host when a connection ends hangs on the order of the ends, which
        # hangs on addresses where many end with the input.
        others = "file src_ip dest_ip community_id channel_verdict host_verdict host_evidence".split()

        def told(name):
            rows = csv.DictReader(self.runs("detect", "-r", name, "--all", "--format", "csv").splitlines())
            return sorted([value for column, value in row.items() if column not in others] for row in rows)

        for name in CAPTURES:
            self.capture("-r", f"samples/{name}", "-w", "copy.pcapng", "--anonymize-key", "key")
            self.assertEqual(told("copy.pcapng"), told(f"samples/{name}"))

    def test_checksums_of_ipv4_are_sound_and_link_addresses_are_zeros(self):
        self.capture("-r", "samples/eth.pcap", "-w", "copy.pcapng", "--anonymize-key", "key")
        for captured, _ in packet_blocks(self.read("copy.pcapng")):
            self.assertEqual(captured[:12], bytes(12))
            if captured[12:14] == b"\x08\x00":
                self.assertEqual(sum(struct.unpack_from(">10H", captured, 14)) % 0xFFFF, 0)

    def test_a_key_gives_the_same_file_and_no_key_another_each_time(self):
        keyed = ["-r", "samples/eth.pcap", "--anonymize-key", "key", "-w"]
        random = ["-r", "samples/eth.pcap", "--anonymize", "-w"]
        for name, arguments in (("k1", keyed), ("k2", keyed), ("r1", random), ("r2", random)):
            self.capture(*arguments, name)
        self.assertEqual(self.read("k1"), self.read("k2"))
        self.assertNotEqual(self.read("r1"), self.read("r2"))

    def test_a_file_says_that_it_was_anonymised(self):
        self.capture("-r", "samples/eth.pcap", "-w", "copy.pcapng", "--anonymize")
        self.assertIn(b"IP and TCP headers only; addresses anonymised with Crypto-PAn", self.read("copy.pcapng"))

    def test_a_key_that_cannot_be_used_writes_nothing(self):
        self.write("short", KEY[:31])
        for key, sentence in (
            ("no.key", "no.key: the key cannot be opened (No such file or directory); create one with "
                       "'openssl rand -out no.key 32'"),
            ("short", "short: is not a key of 32 bytes or 64 hexadecimal digits; create one under another name "
                      "with 'openssl rand -out KEYFILE 32'"),
        ):
            arguments = ("capture", "-r", "samples/eth.pcap", "-w", "copy.pcapng", "--anonymize-key", key)
            self.complains(sentence, *arguments, exit_code=1)
            self.assertFalse(os.path.exists(self.path("copy.pcapng")))


class Rotated(Capture):
    def pieces(self):
        return sorted(os.path.relpath(name, self.folder) for name in glob.glob(self.path("piece_*")))

    def packets(self, *names):
        return [block for name in names for block in packet_blocks(self.read(name))]

    def test_by_size_the_files_together_hold_the_whole(self):
        self.capture("-r", "samples/eth.pcap", "-w", "whole.pcapng")
        told = self.capture("-r", "samples/eth.pcap", "-w", "piece.pcapng", "-C", "16k")
        pieces = self.pieces()
        self.assertEqual(pieces[0], "piece_00001_20261123T131543Z.pcapng")
        self.assertIn(f"to {len(pieces)} files, {pieces[0]} to {pieces[-1]}.\n", told)
        self.assertEqual(self.packets(*pieces), self.packets("whole.pcapng"))
        sizes = [os.path.getsize(self.path(piece)) for piece in pieces]
        self.assertLessEqual(max(sizes), 16 * 1024)
        self.assertGreater(min(sizes[:-1]), 16 * 1024 - 200)
        self.assertEqual(self.verdicts(*pieces), self.verdicts("whole.pcapng"))

    def test_by_time_a_file_begins_with_the_first_packet_that_is_due(self):
        self.capture("-r", "samples/eth.pcap", "-w", "piece.pcapng", "-G", "60")
        pieces = self.pieces()
        self.assertEqual(len(self.packets(*pieces)), 923)
        times = [[float(row[0]) for row in self.columns(piece, ["frame.time_epoch"])] for piece in pieces]
        for this, following in zip(times, times[1:]):
            self.assertLess(this[-1] - this[0], 60)
            self.assertGreaterEqual(following[0] - this[0], 60)

    def test_a_ring_keeps_the_newest(self):
        self.capture("-r", "samples/eth.pcap", "-w", "piece.pcapng", "-C", "16k")
        newest = {piece: self.read(piece) for piece in self.pieces()[-2:]}
        for piece in self.pieces():
            os.remove(self.path(piece))
        told = self.capture("-r", "samples/eth.pcap", "-w", "piece.pcapng", "-C", "16k", "-W", "2")
        self.assertEqual({piece: self.read(piece) for piece in self.pieces()}, newest)
        self.assertIn("(4 older removed)", told)

    def test_compressed_files_keep_their_ending(self):
        self.capture("-r", "samples/eth.pcap", "-w", "piece.pcapng.zst", "-G", "200")
        self.assertEqual([piece[-11:] for piece in self.pieces()], [".pcapng.zst"] * 2)
        self.assertEqual(self.verdicts(*self.pieces()), self.verdicts("samples/eth.pcap"))


class Interrupted(Capture):
    def start(self, *arguments):
        process = subprocess.Popen(
            [kanaria_runs.BINARY, "capture", *arguments],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        return process

    def wait_for_bytes(self, name, process):
        """Until the file holds packets: what has arrived is written at once when a pipe runs dry."""
        for _ in iter(lambda: os.path.exists(self.path(name)) and os.path.getsize(self.path(name)) > 1000, True):
            self.assertIsNone(process.poll())

    def test_a_pipe_that_is_interrupted_leaves_a_complete_file(self):
        frames = miner("10.0.0.1")
        for number, cut in ((signal.SIGINT, 0), (signal.SIGTERM, 7)):  # between packets and within one
            with self.subTest(number):
                process = self.start("-r", "-", "-w", "copy.pcapng")
                process.stdin.write(pcap(frames)[: -cut or None])
                process.stdin.flush()
                self.wait_for_bytes("copy.pcapng", process)
                process.send_signal(number)
                self.assertEqual(process.wait(60), 0)
                process.stdin.close()
                written = len(frames) - (cut > 0)
                self.assertIn(f"{written} with TCP written".encode(), process.stdout.read())
                self.assertEqual(process.stderr.read(), b"")
                self.assertEqual(len(self.tshark("copy.pcapng")), written)
                os.remove(self.path("copy.pcapng"))

    def test_what_a_live_input_brings_can_be_read_at_once(self):
        process = self.start("-r", "-", "-w", "copy.pcapng")
        process.stdin.write(MINER)
        process.stdin.flush()
        self.wait_for_bytes("copy.pcapng", process)
        process.kill()
        process.wait(60)
        process.stdin.close()
        self.assertEqual(self.runs("detect", "-r", "copy.pcapng")[-60:], self.detect_of_whole()[-60:])

    def test_an_interface_that_is_interrupted_loses_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            process = self.start("-i", "lo", "-w", "copy.pcapng", "tcp", "dst", "port", str(port))
            while not os.path.exists(self.path("copy.pcapng")):
                if process.poll() is not None:
                    sentence = process.stderr.read().decode()
                    self.assertIn("no permission to capture", sentence)
                    self.skipTest(sentence)
            with socket.create_connection(("127.0.0.1", port)) as client, server.accept()[0] as accepted:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for _ in range(200):
                    client.sendall(b"SECRET")
                while len(accepted.recv(1200, socket.MSG_PEEK | socket.MSG_WAITALL)) < 1200:
                    pass
                process.send_signal(signal.SIGINT)  # the last packets are still with the kernel
                self.assertEqual(process.wait(60), 0)
            process.stdin.close()
        self.assertIn(b"Dropped before they could be seen: 0.\n", process.stdout.read())
        self.assertNotIn(b"SECRET", self.read("copy.pcapng"))
        sent = {row[0]: int(row[1]) for row in self.columns("copy.pcapng", ["tcp.seq_raw", "tcp.len"])}
        self.assertEqual(sum(sent.values()), 1200)

    def detect_of_whole(self):
        self.write("a.pcap", MINER)
        return self.runs("detect", "-r", "a.pcap")


class Faults(Capture):
    def test_a_full_disk(self):
        sentence = "/dev/full: could not be written on (No space left on device); what stands in it is kept, check the space left"
        ran = self.complains(sentence, "capture", "-r", "samples/eth.pcap", "-w", "/dev/full", exit_code=1)
        self.assertIn("to /dev/full", ran.out)
        with open("/dev/full", "wb") as full:
            ran = self.run_kanaria("capture", "-r", "samples/eth.pcap", "-w", "-", stdout=full)
        self.assertEqual(ran.exit_code, 1)
        self.assertIn("kanaria: stdout: could not be written on (No space left on device)", ran.err)

    def test_a_disk_that_fills_up_leaves_what_was_written(self):
        # 100 blocks of 512 bytes; the signal that would end the program at the limit is ignored.
        script = "ulimit -f 100; trap '' XFSZ; exec \"$0\" capture -r samples/office.pcap.zst -w copy.pcapng"
        done = subprocess.run(["sh", "-c", script, kanaria_runs.BINARY], cwd=self.folder, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"copy.pcapng: could not be written on (File too large)", done.stderr)
        ran = self.run_kanaria("detect", "-r", "copy.pcapng")
        self.assertIn("connections in", ran.out)
        self.assertRegex(ran.err, r"the \d+ packets before it were used")

    def test_an_input_is_not_overwritten(self):
        before = self.read("samples/eth.pcap")
        os.symlink("samples/eth.pcap", self.path("link"))
        for output in ("samples/eth.pcap", "./samples/../samples/eth.pcap", "link"):
            sentence = f"{output}: is an input as well; name another file with -w"
            self.complains(sentence, "capture", "-r", "samples/eth.pcap", "-w", output, exit_code=1)
        with open(self.path("samples/eth.pcap"), "rb") as file:
            done = subprocess.run(
                [kanaria_runs.BINARY, "capture", "-r", "-", "-w", "samples/eth.pcap"],
                cwd=self.folder, stdin=file, capture_output=True, timeout=120,
            )
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.read("samples/eth.pcap"), before)

    def test_nothing_is_overwritten_when_there_is_nothing_to_read(self):
        self.write("precious.pcapng", b"precious")
        self.complains(
            "no.pcap: there is no such file; check the name",
            *("capture", "-r", "no.pcap", "-w", "precious.pcapng"),
            exit_code=1,
        )
        self.assertEqual(self.read("precious.pcapng"), b"precious")

    def test_a_cut_input_is_recorded_up_to_its_cut(self):
        self.write("a.pcap", MINER[:-3])
        ran = self.run_kanaria("capture", "-r", "a.pcap", "-w", "copy.pcapng")
        self.assertEqual(ran.exit_code, 1)
        self.assertIn("but the file ends at byte", ran.err)
        self.assertEqual(len(self.tshark("copy.pcapng")), len(miner("10.0.0.1")) - 1)

    def test_an_interface_that_is_not_there(self):
        self.complains(
            "kanaria-none0: there is no such interface; list them with 'ip link'",
            *("capture", "-i", "kanaria-none0", "-w", "copy.pcapng"),
            exit_code=1,
        )

    def test_wrong_use(self):
        see = "; see 'kanaria capture --help'"
        read = ("capture", "-r", "samples/eth.pcap")
        size = "is no size such as 100 (millions of bytes), 64k, 5m or 1g"
        for sentence, arguments in (
            ("-w is required", read),
            ("name captures with -r FILE or an interface with -i INTERFACE, one of the two", ("capture", "-w", "o")),
            ("-W counts files and needs a limit for each, -C SIZE or -G SECONDS", (*read, "-w", "o", "-W", "2")),
            ("stdout cannot be rotated with -C or -G; name a file with -w", (*read, "-w", "-", "-C", "1")),
            (f"-C: '5x' {size}", (*read, "-w", "o", "-C", "5x")),
            (f"-C: '0' {size}", (*read, "-w", "o", "-C", "0")),
            (f"-C: '99999999999999999999' {size}", (*read, "-w", "o", "-C", "9" * 20)),
        ):
            self.complains(sentence + see, *arguments, exit_code=2)
            self.assertFalse(os.path.exists(self.path("o")))


if __name__ == "__main__":
    main()
