# SPDX-License-Identifier: Apache-2.0
"""Cuts frames right behind their TCP header; the record keeps the original length. What is not TCP is dropped.

Understands what the lab's router shows: Ethernet or bare IP, IPv4 without fragments, IPv6 without extension headers.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lab.capture_file import ETHERNET, Frame

_TCP = 6
_ETHER_TYPES = {0x0800: 4, 0x86DD: 6}
FIN, SYN, ACK = 0x01, 0x02, 0x10


@dataclass(frozen=True)
class Segment:
    """What the header of a kept frame says, with the cut frame itself."""

    frame: Frame
    source: tuple[str, int]
    destination: tuple[str, int]
    flags: int
    payload: int


def cut_at_headers(frames: Iterable[Frame], link_type: int, resolution_ns: int) -> Iterator[Segment]:
    """Times are rounded down to the resolution of the file to be written, so that labels agree with it."""
    for frame in frames:
        segment = _cut(frame, link_type, resolution_ns)
        if segment:
            yield segment


def _cut(frame: Frame, link_type: int, resolution_ns: int) -> Segment | None:
    bytes_, start = frame.bytes, 0
    if link_type == ETHERNET:
        if int.from_bytes(bytes_[12:14], "big") not in _ETHER_TYPES:
            return None
        start = 14
    if bytes_[start] >> 4 == 4:
        tcp = start + (bytes_[start] & 0x0F) * 4
        end = start + int.from_bytes(bytes_[start + 2 : start + 4], "big")
        fragment = int.from_bytes(bytes_[start + 6 : start + 8], "big") & 0x3FFF
        protocol, addresses = bytes_[start + 9], bytes_[start + 12 : start + 20]
    else:
        tcp = start + 40
        end = tcp + int.from_bytes(bytes_[start + 4 : start + 6], "big")
        fragment = 0
        protocol, addresses = bytes_[start + 6], bytes_[start + 8 : start + 40]
    if protocol != _TCP or fragment:
        return None
    header_end = tcp + (bytes_[tcp + 12] >> 4) * 4
    half = len(addresses) // 2
    return Segment(
        frame=Frame(frame.time_ns - frame.time_ns % resolution_ns, bytes_[:header_end], frame.original_length),
        source=(str(ipaddress.ip_address(addresses[:half])), int.from_bytes(bytes_[tcp : tcp + 2], "big")),
        destination=(
            str(ipaddress.ip_address(addresses[half:])),
            int.from_bytes(bytes_[tcp + 2 : tcp + 4], "big"),
        ),
        flags=bytes_[tcp + 13],
        payload=end - header_end,
    )
