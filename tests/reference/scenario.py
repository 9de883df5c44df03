# SPDX-License-Identifier: Apache-2.0
"""A made-up capture written as one line a packet, in tcpdump's words.

    TIME DIRECTION FLAGS FIRST[:END] [ack N] [win N] [ttl N] [id N] [mss N] [ts] [sack N N] [nops N]
    [mf] [df0] [iplen0] [cut N]

TIME: seconds, or `+seconds` after the packet before. DIRECTION: `>` from the client, `<` from the
server; a digit behind it tells parallel tuples apart. FLAGS: letters of `FSRPAUECN`, `.` for none.
FIRST:END and `ack` count from the sender's and the receiver's first ISN; the payload is END - FIRST
bytes. `cut N`: so many bytes of the TCP header were captured. Lines before the first packet may set
`isn CLIENT SERVER`, `ports CLIENT SERVER`, `ipv6`, `one_host`, `start NANOSECONDS`. `#` begins a
comment.
"""

import struct
from dataclasses import dataclass, field

import headers
from pcap_file import Frame, pcap_file

START_NS = 1_600_000_000_000_000_000
MORE_FRAGMENTS, DONT_FRAGMENT = 0x2000, 0x4000
TIMESTAMPS = b"\x01\x01\x08\x0a" + struct.pack(">II", 1, 2)


@dataclass
class Ends:
    isn: dict[str, int] = field(default_factory=lambda: {">": 1000, "<": 5_000_000})
    ports: dict[str, int] = field(default_factory=lambda: {">": 40000, "<": 443})
    is_ipv6: bool = False
    one_host: bool = False
    start_ns: int = START_NS

    def address(self, side: str) -> str:
        host = "1" if side == ">" or self.one_host else "9"
        return f"2001:db8::{host}" if self.is_ipv6 else f"10.0.0.{host}"

    def set(self, word: str, values: list[str]) -> bool:
        """Takes a line that describes the ends; False if it is something else."""
        if word in ("isn", "ports"):
            setattr(self, word, {">": int(values[0]), "<": int(values[1])})
        elif word == "ipv6":
            self.is_ipv6 = True
        elif word == "one_host":
            self.one_host = True
        elif word == "start":
            self.start_ns = int(values[0])
        else:
            return False
        return True


@dataclass
class Fields:
    ack: int | None = None
    win: int = 500
    ttl: int = 64
    id: int = 0
    mf: bool = False
    df0: bool = False
    iplen0: bool = False
    cut: int | None = None
    options: bytes = b""


def read_fields(words: list[str]) -> Fields:
    fields = Fields()
    rest = iter(words)
    for word in rest:
        if word in ("ack", "win", "ttl", "id", "cut"):
            setattr(fields, word, int(next(rest)))
        elif word in ("mf", "df0", "iplen0"):
            setattr(fields, word, True)
        elif word == "mss":
            fields.options += b"\x02\x04" + struct.pack(">H", int(next(rest)))
        elif word == "ts":
            fields.options += TIMESTAMPS
        elif word == "sack":
            edges = int(next(rest)), int(next(rest))
            fields.options += b"\x01\x01\x05\x0a" + struct.pack(">II", *edges)
        elif word == "nops":
            fields.options += b"\x01" * int(next(rest))
        else:
            raise ValueError(f"unknown word '{word}'")
    return fields


def frame_bytes(
    ends: Ends, direction: str, flags: str, span: str, fields: Fields
) -> tuple[bytes, int]:
    """The headers of one packet, and the original length with its payload."""
    side, other = direction[0], "<" if direction[0] == ">" else ">"
    ports = dict(ends.ports)
    ports[">"] += int(direction[1:] or 0)
    first, _, end = span.partition(":")
    payload_length = int(end) - int(first) if end else 0
    header = headers.tcp(
        ports[side],
        ports[other],
        ends.isn[side] + int(first),
        0 if fields.ack is None else ends.isn[other] + fields.ack,
        headers.flag_bits(flags),
        fields.win,
        fields.options,
    )
    src, dst = ends.address(side), ends.address(other)
    ip_payload_length = len(header) + payload_length
    if ends.is_ipv6:
        plen = 0 if fields.iplen0 else ip_payload_length
        ip = headers.ethernet(headers.IPV6) + headers.ipv6(src, dst, plen, hop_limit=fields.ttl)
    else:
        ip = headers.ethernet(headers.IPV4) + headers.ipv4(
            src,
            dst,
            ip_payload_length,
            ttl=fields.ttl,
            identifier=fields.id,
            fragment=MORE_FRAGMENTS if fields.mf else 0 if fields.df0 else DONT_FRAGMENT,
            total_length=0 if fields.iplen0 else None,
        )
    return ip + header[: fields.cut], len(ip) + ip_payload_length


def capture(text: str) -> bytes:
    """The pcap file a scenario describes; each frame is cut behind its TCP header."""
    ends = Ends()
    frames: list[Frame] = []
    time_ns = 0
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if not words or ends.set(words[0], words[1:]):
            continue
        seconds = round(float(words[0].lstrip("+")) * 1e9)
        time_ns = time_ns + seconds if words[0].startswith("+") else seconds
        data, original = frame_bytes(ends, *words[1:4], read_fields(words[4:]))
        frames.append(Frame(ends.start_ns + time_ns, data, original))
    return pcap_file(frames)
