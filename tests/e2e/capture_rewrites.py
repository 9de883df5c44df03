# SPDX-License-Identifier: Apache-2.0
"""Captures written again with other headers around the same conversations: addresses, ports, times, link layers, TCP
options. Takes pcap files of Ethernet or bare IP packets, IPv4 or IPv6 without extension headers, TCP alone."""

import random
import struct
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))

from pcap_file import Frame, pcap_file  # noqa: E402

ETHERNET, NULL, RAW, LINUX_SLL = 1, 0, 101, 113
SYN = 2
MSS, WINDOW_SCALE, TIMESTAMPS = 2, 3, 8  # TCP options
TIMESTAMP_BYTES = bytes((1, 1, TIMESTAMPS, 10)) + bytes(8)


@dataclass(frozen=True)
class Packet:
    time_ns: int
    ip: bytes
    tcp: bytes
    payload: bytes  # as much as was captured
    payload_length: int

    @property
    def is_ipv6(self):
        return self.ip[0] >> 4 == 6

    @property
    def is_syn(self):
        return self.tcp[13] & SYN != 0

    @property
    def ends(self):
        """The two (address, port), in one order for both directions."""
        addresses = (self.ip[8:24], self.ip[24:40]) if self.is_ipv6 else (self.ip[12:16], self.ip[16:20])
        return tuple(sorted(zip(addresses, struct.unpack(">HH", self.tcp[:4]))))


def read(data):
    """The packets of a pcap file."""
    nanoseconds = {0xA1B23C4D: 1, 0xA1B2C3D4: 1000}[struct.unpack_from("<I", data)[0]]
    link_type = struct.unpack_from("<I", data, 20)[0]
    before_ip = {ETHERNET: 14, RAW: 0}[link_type]
    packets, at = [], 24
    while at < len(data):
        seconds, fraction, captured, original = struct.unpack_from("<IIII", data, at)
        at += 16
        frame = data[at + before_ip : at + captured]
        at += captured
        packets.append(packet(seconds * 10**9 + fraction * nanoseconds, frame, original - before_ip))
    return packets


def packet(time_ns, data, original_length):
    ip_bytes = 40 if data[0] >> 4 == 6 else (data[0] & 15) * 4
    headers = ip_bytes + (data[ip_bytes + 12] >> 4) * 4
    return Packet(time_ns, data[:ip_bytes], data[ip_bytes:headers], data[headers:], original_length - headers)


def ethernet(packet, vlan=b""):
    ether_type = b"\x86\xdd" if packet.is_ipv6 else b"\x08\x00"
    return bytes(12) + vlan + ether_type


def tagged(packet):
    return ethernet(packet, struct.pack(">HHHH", 0x88A8, 7, 0x8100, 42))


def raw(packet):
    return b""


def null(packet):
    return struct.pack("<I", 24 if packet.is_ipv6 else 2)  # AF_INET6 of NetBSD, AF_INET


def linux_sll(packet):
    return struct.pack(">HHH8s", 0, 1, 6, bytes(8)) + ethernet(packet)[12:]


LINK_TYPES = {ethernet: ETHERNET, tagged: ETHERNET, raw: RAW, null: NULL, linux_sll: LINUX_SLL}


def write(packets, link=raw):
    """A pcap file of them."""
    frames = []
    for one in packets:
        headers = link(one) + one.ip + one.tcp
        frames.append(Frame(one.time_ns, headers + one.payload, len(headers) + one.payload_length))
    return pcap_file(frames, LINK_TYPES[link])


def shifted(packets, nanoseconds):
    return [replace(one, time_ns=one.time_ns + nanoseconds) for one in packets]


def renamed(packets, host_mask):
    """Other addresses, and other ports in the order of the old ones."""
    ports = sorted({port for one in packets for _, port in one.ends})
    new_port = {port: 1024 + 11 * rank for rank, port in enumerate(ports)}

    def rename(one):
        first = 8 if one.is_ipv6 else 12
        addresses = bytearray(one.ip[first:])
        for last in (len(addresses) // 2, len(addresses)):
            addresses[last - 2] ^= host_mask[0]
            addresses[last - 1] ^= host_mask[1]
        source, destination = struct.unpack(">HH", one.tcp[:4])
        tcp_ports = struct.pack(">HH", new_port[source], new_port[destination])
        return replace(one, ip=one.ip[:first] + bytes(addresses), tcp=tcp_ports + one.tcp[4:])

    return [rename(one) for one in packets]


def with_payload(packets, seed, most=65535):
    """Random bytes where the capture was cut; at most so many of each packet."""
    chance = random.Random(seed)
    return [replace(one, payload=chance.randbytes(min(most, one.payload_length))) for one in packets]


def other_ip_headers(packets, seed):
    """Any TTL, IP id, traffic class and flow label."""
    chance = random.Random(seed)

    def change(one):
        ip = bytearray(one.ip)
        if one.is_ipv6:
            ip[0:4] = struct.pack(">I", 6 << 28 | chance.getrandbits(28))
            ip[7] = chance.randrange(1, 256)
        else:
            ip[1] = chance.randrange(256)
            ip[4:6] = chance.randbytes(2)
            ip[8] = chance.randrange(1, 256)
        return replace(one, ip=bytes(ip))

    return [change(one) for one in packets]


def other_windows(packets, seed):
    """Any window, and another scale of it."""
    chance = random.Random(seed)

    def change(one):
        tcp = one.tcp[:14] + chance.randbytes(2) + one.tcp[16:20]
        for kind, value in options(one.tcp):
            tcp += bytes((kind, 3, chance.randrange(15))) if kind == WINDOW_SCALE else value
        return replace(one, tcp=tcp)

    return [change(one) for one in packets]


def options(tcp):
    """(kind, bytes) of each, padding included."""
    at = 20
    while at < len(tcp):
        length = 1 if tcp[at] in (0, 1) else tcp[at + 1]
        yield tcp[at], tcp[at : at + length]
        at += length


def has_timestamps(packet):
    return any(kind == TIMESTAMPS for kind, _ in options(packet.tcp))


def by_connection(packets):
    found = defaultdict(list)
    for one in packets:
        found[one.ends].append(one)
    return found


def without_timestamps(packets):
    """Of the connections whose SYNs and segments all have them; the MSS option is 12 less, so that segments stay full."""
    throughout = {
        ends
        for ends, its in by_connection(packets).items()
        if all(has_timestamps(one) for one in its if one.payload_length > 0 or one.is_syn)
    }
    return [take_timestamps(one) if one.ends in throughout else one for one in packets]


def with_timestamps(packets):
    """For the connections that have none at all and room for them; the MSS option is 12 more."""
    nowhere = {
        ends
        for ends, its in by_connection(packets).items()
        if not any(map(has_timestamps, its)) and all(len(one.tcp) <= 60 - len(TIMESTAMP_BYTES) for one in its)
    }
    return [give_timestamps(one) if one.ends in nowhere else one for one in packets]


def take_timestamps(packet):
    kept = b""
    for kind, value in options(packet.tcp):
        if kind == MSS:
            value = other_mss(value, -len(TIMESTAMP_BYTES))
        if kind not in (0, 1, TIMESTAMPS):
            kept += value
    return with_options(packet, kept + b"\x01" * (-len(kept) % 4))


def give_timestamps(packet):
    changed = b""
    for kind, value in options(packet.tcp):
        changed += other_mss(value, len(TIMESTAMP_BYTES)) if kind == MSS else value
    return with_options(packet, TIMESTAMP_BYTES + changed)


def other_mss(option, more):
    return option[:2] + struct.pack(">H", struct.unpack(">H", option[2:])[0] + more)


def with_options(packet, new_options):
    """The length that the IP header tells grows or shrinks with them."""
    tcp = bytearray(packet.tcp[:20] + new_options)
    tcp[12] = len(tcp) // 4 << 4 | tcp[12] & 15
    ip = bytearray(packet.ip)
    length_at = 4 if packet.is_ipv6 else 2
    length = struct.unpack_from(">H", ip, length_at)[0] + len(tcp) - len(packet.tcp)
    struct.pack_into(">H", ip, length_at, length)
    return replace(packet, ip=bytes(ip), tcp=bytes(tcp))


def interleaved(*captures):
    return sorted((one for packets in captures for one in packets), key=lambda one: one.time_ns)
