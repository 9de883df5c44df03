# SPDX-License-Identifier: Apache-2.0
"""Tiny captures built by hand, byte for byte the same in every run: conversations of a made-up miner, a web page and a
chat, and the containers they are read from."""

import gzip
import random
import socket
import struct

ETHERNET = 1
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
START = 1_700_000_000  # 2023-11-14 22:13:20 UTC


def tcp_frame(source, destination, seq, ack, flags, payload, window=64240):
    """An Ethernet frame; source and destination are (address, port). The payload is zeros: nobody may look at it."""
    options = struct.pack(">BBH", 2, 4, 1460) if flags & SYN else b""
    tcp = struct.pack(
        ">HHIIBBHHH", source[1], destination[1], seq % 2**32, ack % 2**32, (20 + len(options)) // 4 << 4, flags, window, 0, 0
    )
    segment = tcp + options + bytes(payload)
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 1, 0x4000, 64, 6, 0)
    addresses = socket.inet_aton(source[0]) + socket.inet_aton(destination[0])
    return bytes(12) + b"\x08\x00" + ip + addresses + segment


def connection(client, server, messages, start=START, isn=1000):
    """Handshake, messages (seconds since start, from_client, bytes) and a FIN each: [(time, frame)]."""
    ends, numbers = (client, server), [isn, isn + 7_000_000]
    packets = []

    def send(time, side, flags, payload=0):
        ack = numbers[1 - side] if flags & ACK else 0
        packets.append((start + time, tcp_frame(ends[side], ends[1 - side], numbers[side], ack, flags, payload)))
        numbers[side] += payload + bool(flags & (SYN | FIN))

    send(0, 0, SYN)
    send(0.01, 1, SYN | ACK)
    send(0.02, 0, ACK)
    for time, from_client, size in messages:
        while size > 0:
            send(time, 0 if from_client else 1, PSH | ACK, min(size, 1460))
            size -= 1460
    last = messages[-1][0] + 0.5
    send(last, 0, FIN | ACK)
    send(last + 0.01, 1, FIN | ACK)
    return packets


def miner(host, port=50000, minutes=10, seed=1):
    """Jobs pushed every half minute or so, results at random in between, each answered within a round trip."""
    chance = random.Random(seed)
    messages, now, next_job = [(0.1, True, 240), (0.15, False, 390)], 1.0, 20.0
    while now < 60 * minutes:
        now += chance.expovariate(1 / 12) + 0.2
        while next_job < now:
            messages.append((next_job, False, 330 + chance.randrange(4)))
            next_job += chance.uniform(20, 40)
        messages += [(now, True, 186 + chance.randrange(3)), (now + 0.05, False, 63)]
        now += 0.1
    return connection((host, port), ("203.0.113.5", 3333), sorted(messages))


def chat(host, port=51000, minutes=10, seed=1):
    """Lines of any length from both sides, in no pattern."""
    chance = random.Random(seed)
    messages, now = [], 0.1
    while now < 60 * minutes:
        messages.append((now, chance.random() < 0.5, chance.randrange(700, 1400)))
        now += chance.uniform(1, 15)
    return connection((host, port), ("198.51.100.7", 5222), messages)


def pcap_head(link_type=ETHERNET):
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type)


def pcap_record(packet):
    time, frame = packet
    microseconds = round(time * 1_000_000)
    return struct.pack("<IIII", microseconds // 10**6, microseconds % 10**6, len(frame), len(frame)) + frame


def pcap(packets, link_type=ETHERNET):
    records = map(pcap_record, sorted(packets, key=lambda packet: packet[0]))
    return pcap_head(link_type) + b"".join(records)


def gz(data):
    return gzip.compress(data, mtime=0)


def zst(data):
    """A Zstandard frame of raw blocks (RFC 8878 section 3.1.1): no compressor needed."""
    frame = struct.pack("<IBI", 0xFD2FB528, 0xA0, len(data))
    for at in range(0, len(data), 65536):
        block = data[at : at + 65536]
        last = at + len(block) == len(data)
        frame += struct.pack("<I", len(block) << 3 | last)[:3] + block
    return frame
