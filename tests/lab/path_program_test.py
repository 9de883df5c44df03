#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kanaria-lab-path between two sockets that keep packets apart as TUN devices do: needs no root."""

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab.programs import built  # noqa: E402

PROGRAM = str(built("kanaria-lab-path"))
LINKS = "10.20.0.7/32 1000 0 2 0 0\n"
MOST_WAIT_S = 20  # ends a test that would hang
# TTL 64; the addresses are 10.20.0.7 and 192.0.2.1. Only the program under test looks at the checksum.
PACKET = bytes.fromhex("45000014 00000000 40060000 0a140007 c0000201")


def ended(pid_descriptor):
    return bool(select.select([pid_descriptor], [], [], MOST_WAIT_S)[0])


class ProgramTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.links = str(Path(temporary.name, "links.txt"))
        self.write_links(LINKS)

    def write_links(self, text):
        Path(self.links).write_text(text, encoding="utf-8")

    def run_program(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=MOST_WAIT_S)
        return done.returncode, done.stdout, done.stderr

    def start(self):
        """The program with packet sockets for devices; our ends of them are self.near and self.far."""
        self.near, near = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.far, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = subprocess.Popen(
            [PROGRAM, self.links, "--near", str(near.fileno()), "--far", str(far.fileno())],
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=(near.fileno(), far.fileno()),
        )
        for sock in (near, far):
            sock.close()
        for sock in (self.near, self.far):
            sock.settimeout(MOST_WAIT_S)
            self.addCleanup(sock.close)
        self.addCleanup(program.kill)
        return program

    def cross(self):
        self.near.send(PACKET)
        self.far.recv(100)

    def assert_ends_well(self, program, counts):
        _, said = program.communicate(timeout=MOST_WAIT_S)
        self.assertEqual((program.returncode, said), (0, f"packets: {counts}\n"))

    def test_a_packet_crosses_in_each_direction_with_fewer_hops_left(self):
        program = self.start()
        self.near.send(PACKET)
        self.assertEqual(self.far.recv(100)[8], 62)
        self.far.send(PACKET)
        self.assertEqual(self.near.recv(100)[8], 62)
        program.terminate()
        self.assert_ends_well(
            program,
            "near to far 1, far to near 1, lost on purpose 0, dropped by a full queue 0, too far 0, no route 0",
        )

    def test_packets_it_does_not_move_are_counted(self):
        self.write_links("10.20.0.7 0 0 2 0 0\n192.0.2.0/24 0 0 0 0 0\n192.0.2.2 0 0 0 1 0\n")
        program = self.start()
        self.near.send(PACKET[:8] + b"\x02" + PACKET[9:])
        self.near.send(PACKET[:19] + b"\x02")
        self.near.send(PACKET[:12] + bytes(8))
        self.near.send(b"no packet")
        self.cross()
        program.terminate()
        self.assert_ends_well(
            program,
            "near to far 1, far to near 0, lost on purpose 1, dropped by a full queue 0, too far 1, no route 2",
        )

    def test_it_ends_on_sigint_and_when_a_device_is_gone_and_not_on_sigusr1(self):
        nothing_more = "far to near 0, lost on purpose 0, dropped by a full queue 0, too far 0, no route 0"
        program = self.start()
        self.cross()
        program.send_signal(signal.SIGUSR1)
        self.cross()
        program.send_signal(signal.SIGINT)
        self.assert_ends_well(program, f"near to far 2, {nothing_more}")
        program = self.start()
        self.cross()
        self.far.close()
        self.assert_ends_well(program, f"near to far 1, {nothing_more}")

    def test_it_ends_with_its_parent(self):
        reading, writing = os.pipe()
        parent = os.fork()
        if parent == 0:
            program = self.start()
            self.cross()
            os.write(writing, str(program.pid).encode())
            signal.pause()
        try:
            program = os.pidfd_open(int(os.read(reading, 100)))
        finally:
            os.kill(parent, signal.SIGKILL)
            os.waitpid(parent, 0)
        self.assertTrue(ended(program))
        for descriptor in (reading, writing, program):
            os.close(descriptor)

    def test_a_bad_line_ends_it_with_one_sentence(self):
        self.write_links("# links\n10.20.0.300 1 1 1 0 0\n")
        sentence = (
            f"kanaria-lab-path: {self.links}:2: '10.20.0.300' is not a prefix such as 10.20.0.0/24 or 2001:db8::/32\n"
        )
        self.assertEqual(self.run_program(self.links, "--near", "0", "--far", "1"), (1, "", sentence))

    def test_a_descriptor_that_is_not_open_ends_it_with_one_sentence(self):
        sentence = "kanaria-lab-path: cannot watch descriptor 77: Bad file descriptor\n"
        self.assertEqual(self.run_program(self.links, "--near", "77", "--far", "78"), (1, "", sentence))

    def test_wrong_use_is_2_and_names_the_word(self):
        incomplete = "needs one LINKS_FILE, --near FD and --far FD: see --help"
        for arguments, sentence in (
            ((), incomplete),
            ((self.links, "--near", "3"), incomplete),
            ((self.links, "more", "--near", "3", "--far", "4"), incomplete),
            ((self.links, "--near", "3x"), "cannot make sense of '3x': see --help"),
            ((self.links, "--sead", "3"), "cannot make sense of '--sead': see --help"),
            ((self.links, "--seed"), "cannot make sense of '--seed': see --help"),
        ):
            self.assertEqual(self.run_program(*arguments), (2, "", f"kanaria-lab-path: {sentence}\n"))

    def test_help_was_asked_for(self):
        code, out, said = self.run_program("--help")
        self.assertEqual((code, said), (0, ""))
        self.assertTrue(out.startswith("Usage: kanaria-lab-path LINKS_FILE --near FD --far FD [--seed N]\n"))


if __name__ == "__main__":
    unittest.main()
