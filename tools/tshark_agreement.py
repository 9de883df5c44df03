#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds kanaria's decoder against tshark: addresses, TTL, id, DF, MF, fragment offset, ports, flags,
window and payload length of each frame, and whether it is a TCP packet at all.

Read are samples/*.pcap*, the made-up captures of tests/reference, the FILEs given, and with
`--corpus` captures of the folder that KANARIA_CORPUS names, spread over all its sources. Each
difference must fall under a rule of RULES; one that does not makes exit code 1. Frames with more
than one TCP header, or one that an ICMP message quotes, are not compared: it is open which one
counts.
"""

import argparse
import ipaddress
import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "reference"))

import corpus  # noqa: E402
import frames  # noqa: E402
import link_frames  # noqa: E402
import tshark  # noqa: E402

MOST_SHOWN = 20
WORKERS = 2
FIELDS = (
    "frame.number",
    "frame.len",
    "frame.cap_len",
    "frame.protocols",
    "ip.version",
    "ip.src",
    "ip.dst",
    "ip.ttl",
    "ip.id",
    "ip.flags.df",
    "ip.flags.mf",
    "ip.frag_offset",
    "ip.len",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.hlim",
    "ipv6.plen",
    "ipv6.fraghdr.ident",
    "ipv6.fraghdr.more",
    "ipv6.fraghdr.offset",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags",
    "tcp.window_size_value",
    "tcp.hdr_len",
    "tcp.len",
)
VALUES = (
    "src",
    "dst",
    "ttl",
    "id",
    "df",
    "mf",
    "offset",
    "sport",
    "dport",
    "flags",
    "window",
    "payload",
)


@dataclass(frozen=True)
class Seen:
    """A frame as both programs see it."""

    row: dict[str, str]  # tshark's fields
    status: str  # kanaria's
    ours: dict[str, str]  # kanaria's values, empty unless TCP

    @property
    def protocols(self) -> list[str]:
        return self.row["frame.protocols"].split(":")

    @property
    def before_tcp(self) -> list[str]:
        protocols = self.protocols
        return protocols[: protocols.index("tcp")] if "tcp" in protocols else protocols

    @property
    def is_comparable(self) -> bool:
        return self.protocols.count("tcp") <= 1 and not {"icmp", "icmpv6"} & set(self.before_tcp)

    @property
    def theirs(self) -> dict[str, str]:
        """tshark's values under our names, empty when it finds no TCP; '' is one not given."""
        if "tcp" not in self.protocols:
            return {}
        row = {name: value.rpartition(",")[2] for name, value in self.row.items()}
        is_ipv6 = [name for name in self.before_tcp if name in ("ip", "ipv6")][-1:] == ["ipv6"]
        if is_ipv6:
            ip = [
                row["ipv6.src"],
                row["ipv6.dst"],
                row["ipv6.hlim"],
                number(row["ipv6.fraghdr.ident"] or "0"),
                "0",
                row["ipv6.fraghdr.more"] or "0",
                row["ipv6.fraghdr.offset"] or "0",
            ]
        else:
            ip = [
                row["ip.src"],
                row["ip.dst"],
                row["ip.ttl"],
                number(row["ip.id"]),
                row["ip.flags.df"],
                row["ip.flags.mf"],
                row["ip.frag_offset"],
            ]
        tcp = [row["tcp.srcport"], row["tcp.dstport"], number(row["tcp.flags"])]
        return dict(zip(VALUES, ip + tcp + [row["tcp.window_size_value"], row["tcp.len"]]))

    @property
    def differing(self) -> set[str]:
        theirs = self.theirs
        if not theirs and not self.ours:
            return set()
        if not theirs or not self.ours:
            return {"tcp"}
        return {name for name in VALUES if theirs[name] != self.ours[name]}


def number(text: str) -> str:
    return str(int(text, 0)) if text else ""
