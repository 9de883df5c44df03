# SPDX-License-Identifier: Apache-2.0
"""Reads pcap as tcpdump writes it here; writes pcap or pcapng, plain, gzip or Zstandard, by the file's name.

Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng (section header, interface description with if_tsresol 9,
enhanced packets). Nothing of the machine is written: no names, no comments, no time in the gzip header.
"""

import gzip
import struct
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.failure import LabFailure

ETHERNET = 1

_NANOSECOND_MAGIC = 0xA1B23C4D
_MICROSECOND_MAGIC = 0xA1B2C3D4
_SNAP_LENGTH = 65535


@dataclass(frozen=True)
class Frame:
    time_ns: int
    bytes: bytes
    original_length: int


def read_pcap(file: Path) -> tuple[int, list[Frame]]:
    """Link type and frames of a nanosecond pcap of this machine's byte order."""
    content = file.read_bytes()
    magic, _, _, _, _, _, link_type = struct.unpack_from("=IHHiIII", content)
    if magic != _NANOSECOND_MAGIC:
        raise LabFailure(f"{file.name}: not the nanosecond pcap tcpdump was asked for (magic {magic:#x})")
    frames, place = [], 24
    while place < len(content):
        seconds, nanoseconds, length, original_length = struct.unpack_from("=IIII", content, place)
        place += 16
        frames.append(Frame(seconds * 10**9 + nanoseconds, content[place : place + length], original_length))
        place += length
    return link_type, frames


def resolution_ns(file: Path) -> int:
    return 1 if file.suffixes[0] == ".pcapng" else 1000


def write_capture(file: Path, link_type: int, frames: Iterable[Frame]) -> None:
    suffixes = file.suffixes
    content = _pcapng(link_type, frames) if suffixes[0] == ".pcapng" else _pcap(link_type, frames)
    match suffixes[1:]:
        case [".gz"]:
            content = gzip.compress(content, 9, mtime=0)
        case [".zst"]:
            content = subprocess.run(["zstd", "-q", "-19", "-c"], input=content, capture_output=True, check=True).stdout
    file.write_bytes(content)


def _pcap(link_type: int, frames: Iterable[Frame]) -> bytes:
    parts = [struct.pack("<IHHiIII", _MICROSECOND_MAGIC, 2, 4, 0, 0, _SNAP_LENGTH, link_type)]
    for frame in frames:
        seconds, nanoseconds = divmod(frame.time_ns, 10**9)
        record = struct.pack("<IIII", seconds, nanoseconds // 1000, len(frame.bytes), frame.original_length)
        parts += [record, frame.bytes]
    return b"".join(parts)


def _pcapng(link_type: int, frames: Iterable[Frame]) -> bytes:
    nanoseconds_option = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
    parts = [
        _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
        _block(0x00000001, struct.pack("<HHI", link_type, 0, _SNAP_LENGTH) + nanoseconds_option),
    ]
    for frame in frames:
        time_high, time_low = frame.time_ns >> 32, frame.time_ns & 0xFFFFFFFF
        fields = struct.pack("<IIIII", 0, time_high, time_low, len(frame.bytes), frame.original_length)
        parts.append(_block(0x00000006, fields + frame.bytes + bytes(-len(frame.bytes) % 4)))
    return b"".join(parts)


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)
