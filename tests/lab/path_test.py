#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's internet between two namespaces: what two hosts see of its delay, order, loss, hops and rate.

Needs root and /dev/net/tun; otherwise exits with 77 (skipped). Times are only held against what they cannot be below.
"""

import re
import socket
import struct
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from lab.failure import LabFailure  # noqa: E402
from lab.internet_path import InternetPath, Route  # noqa: E402
from lab.namespace import Namespace  # noqa: E402
from lab.needs import missing  # noqa: E402
from lab.programs import built  # noqa: E402

SKIPPED = 77
MOST_WAIT_S = 20  # ends a test that would hang

CLIENT, CLIENT6 = "10.20.0.7", "2001:db8:20::7"
SERVER, SERVER6 = "192.0.2.44", "2001:db8:cd::44"
CLIENT_ELSEWHERE, SERVER_ELSEWHERE = "10.99.0.1", "203.0.113.1"
PORT = 4444

SO_RCVBUFFORCE = 33  # asm-generic/socket.h
ETH_P_IP = 0x0800  # linux/if_ether.h


def cannot_run():
    if problem := missing({}):
        return problem
    try:
        Namespace().close()
    except OSError as error:
        return f"cannot make a network namespace: {error}"
    return None


def internet_checksum(header):
    """RFC 1071; 0 over a sound header."""
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def host(device, *addresses):
    """A namespace; its addresses come to be once it has its device."""
    namespace = Namespace()
    namespace.set("ipv6/conf/default/accept_dad", 0)

    def set_up():
        lines = [f"addr add {address} dev {device}" for address in addresses]
        # The device's own queue must not be what loses packets of a burst.
        namespace.ip(f"link set {device} txqueuelen 20000 up", *lines)
        namespace.ip(f"route add 0.0.0.0/0 dev {device}", f"route add ::/0 dev {device}")

    return namespace, set_up


class PathTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.near, set_up_near = host("wan", CLIENT, CLIENT_ELSEWHERE, f"{CLIENT6}/128 nodad")
        self.far, set_up_far = host("core", SERVER, SERVER_ELSEWHERE, f"{SERVER6}/128 nodad")
        program = built("kanaria-lab-path")
        self.path = InternetPath(self.near, "wan", self.far, "core", Random(1), program, Path(folder.name))
        set_up_near()
        set_up_far()

    def tearDown(self):
        for namespace in (self.near, self.far):
            namespace.close()

    def start(self, access, route):
        for address in (CLIENT, CLIENT6):
            self.path.add_route(address, access)
        for prefix in ("192.0.2.0/24", SERVER6):
            self.path.add_route(prefix, route)
        self.path.start()
        self.reach_over_ipv6()

    def reach_over_ipv6(self):
        """The kernel gives a new IPv6 address its route a moment later, from a work queue: TCP tries until it has."""
        with self.far:
            listener = socket.create_server((SERVER6, PORT), family=socket.AF_INET6)
        with self.near:
            client = socket.socket(socket.AF_INET6)
        with listener, client:
            client.settimeout(MOST_WAIT_S)
            client.bind((CLIENT6, 0))
            client.connect((SERVER6, PORT))

    def counts(self):
        """Ends the path: counts by their names."""
        said = self.path.close()
        return {name: int(number) for name, number in re.findall(r"([a-z][a-z ]*) (\d+)", said.partition(":")[2])}

    def udp(self, namespace, address):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with namespace:
            sock = socket.socket(family, socket.SOCK_DGRAM)
        self.addCleanup(sock.close)
        sock.settimeout(MOST_WAIT_S)
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        sock.bind((address, PORT))
        return sock

    def test_a_packet_takes_at_least_the_delay_of_both_ends(self):
        self.start(Route(0.008, 0.001, 0), Route(0.016, 0.002, 0))
        for client, server in ((CLIENT, SERVER), (CLIENT6, SERVER6)):
            here, there = self.udp(self.near, client), self.udp(self.far, server)
            for source, target, address in ((here, there, server), (there, here, client)):
                for _ in range(20):
                    sent = time.monotonic_ns()
                    source.sendto(b"x", (address, PORT))
                    target.recv(100)
                    self.assertGreaterEqual(time.monotonic_ns() - sent, 12_000_000)
        self.path.close()

    def test_jitter_does_not_reorder_and_loss_is_about_as_set(self):
        self.start(Route(0.002, 0.003, 0, loss=0.02), Route(0.002, 0.002, 0, loss=0.03))
        here, there = self.udp(self.near, CLIENT), self.udp(self.far, SERVER)
        sent, marks = 5000, 40  # that all marks get lost is as likely as 0.05 to the power of 40
        for number in range(sent + marks):
            here.sendto(number.to_bytes(4, "big"), (SERVER, PORT))
        numbers = []
        while not numbers or numbers[-1] < sent:
            numbers.append(int.from_bytes(there.recv(100), "big"))
        self.assertEqual(numbers, sorted(set(numbers)))
        # 1 - 0.98 * 0.97 = 0.0494: 247 expected, standard deviation 15, ten of them on both sides.
        lost = sent - (len(numbers) - 1)
        self.assertTrue(97 <= lost <= 397, lost)
        counts = self.counts()
        self.assertTrue(lost <= counts["lost on purpose"] <= lost + marks, counts)
        self.assertEqual(counts["dropped by a full queue"], 0)

    def test_hops_are_taken_and_the_checksum_stays_sound(self):
        self.start(Route(0, 0, 3), Route(0, 0, 9))
        here, there = self.udp(self.near, CLIENT), self.udp(self.far, SERVER)
        with self.far:
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
        self.addCleanup(wire.close)
        wire.settimeout(MOST_WAIT_S)
        wire.bind(("core", ETH_P_IP))
        for ttl in (12, 13, 64, 128, 255):
            here.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
            here.sendto(b"x", (SERVER, PORT))
        for expected in (1, 52, 116, 243):
            packet = wire.recv(2000)
            self.assertEqual(packet[16:20], socket.inet_aton(SERVER))
            self.assertEqual((packet[8], internet_checksum(packet[:20])), (expected, 0))
            there.recv(100)  # the kernel checked it too
        self.assertEqual(self.counts()["too far"], 1)

    def test_the_hop_limit_falls_alike(self):
        self.start(Route(0, 0, 3), Route(0, 0, 9))
        here, there = self.udp(self.near, CLIENT6), self.udp(self.far, SERVER6)
        there.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
        for limit in (12, 13, 255):
            here.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, limit)
            here.sendto(b"x", (SERVER6, PORT))
        for expected in (1, 243):
            _, [(_, _, hop_limit)], *_ = there.recvmsg(100, 100)
            self.assertEqual(int.from_bytes(hop_limit, sys.byteorder), expected)
        self.assertEqual(self.counts()["too far"], 1)

    def test_tcp_gets_through_jitter_and_loss_no_faster_than_the_rate(self):
        self.start(Route(0.002, 0.001, 1, loss=0.01, rate_kbit=8000), Route(0.004, 0.001, 5))
        with self.far:
            listener = socket.create_server((SERVER, PORT))
        self.addCleanup(listener.close)
        text = Random(2).randbytes(300_000)

        def serve():
            with listener.accept()[0] as connection:
                connection.sendall(text)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with self.near:
            client = socket.socket()
        received = bytearray()
        with client:
            client.settimeout(MOST_WAIT_S)
            client.bind((CLIENT, 0))
            started = time.monotonic()
            client.connect((SERVER, PORT))
            while block := client.recv(65536):
                received += block
            self.assertGreaterEqual(time.monotonic() - started, 300_000 * 8 / 8_000_000)
        thread.join(MOST_WAIT_S)
        self.assertEqual(received, text)
        self.path.close()

    def test_between_ends_without_route_nothing_passes(self):
        self.start(Route(0, 0, 0), Route(0, 0, 0))
        elsewhere, here = self.udp(self.near, CLIENT_ELSEWHERE), self.udp(self.near, CLIENT)
        there = self.udp(self.far, "0.0.0.0")
        elsewhere.sendto(b"from nowhere to nowhere", (SERVER_ELSEWHERE, PORT))
        elsewhere.sendto(b"from nowhere", (SERVER, PORT))
        here.sendto(b"to nowhere", (SERVER_ELSEWHERE, PORT))
        self.assertEqual({there.recv(100), there.recv(100)}, {b"from nowhere", b"to nowhere"})
        self.assertGreaterEqual(self.counts()["no route"], 1)

    def test_a_removed_device_ends_the_program_and_is_noticed(self):
        self.start(Route(0, 0, 0), Route(0, 0, 0))
        self.path.check()
        self.near.ip("link del wan")
        self.path._running.wait(MOST_WAIT_S)  # by itself, before it is told to
        sentence = "^'kanaria-lab-path' ended early with code 0: packets: near to far [1-9]"
        with self.assertRaisesRegex(LabFailure, sentence):
            self.path.check()
        self.path.close()


if __name__ == "__main__":
    problem = cannot_run()
    if problem:
        print(f"skipped: {problem}")
        sys.exit(SKIPPED)
    unittest.main()
