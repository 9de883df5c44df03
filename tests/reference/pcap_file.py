# SPDX-License-Identifier: Apache-2.0
"""Bytes of a pcap file (draft-ietf-opsawg-pcap, nanosecond variant) from made-up frames."""

import struct
from dataclasses import dataclass

NANOSECOND_MAGIC = 0xA1B23C4D
SNAP_LENGTH = 262144
ETHERNET = 1


@dataclass(frozen=True)
class Frame:
    time_ns: int
    data: bytes
    original_length: int | None = None  # None: nothing was cut


def pcap_file(frames: list[Frame], link_type: int = ETHERNET) -> bytes:
    parts = [struct.pack("<IHHiIII", NANOSECOND_MAGIC, 2, 4, 0, 0, SNAP_LENGTH, link_type)]
    for frame in frames:
        seconds, nanoseconds = divmod(frame.time_ns, 1_000_000_000)
        original = len(frame.data) if frame.original_length is None else frame.original_length
        parts.append(struct.pack("<IIII", seconds, nanoseconds, len(frame.data), original))
        parts.append(frame.data)
    return b"".join(parts)
