# SPDX-License-Identifier: Apache-2.0
"""Rows of the `pair` lens: 15 values of a segment, twice (docs/definitions.md, "Pair")."""

from connections import Connection, Segment
from packets import ACK, CWR, ECE, FIN, PSH, RST, SYN, URG

FLAGS = (FIN, SYN, RST, PSH, ACK, URG, ECE, CWR)


def pairs(connection: Connection) -> list[list[int]]:
    segments = connection.segments
    return [values(first) + values(second) for first, second in zip(segments, segments[1:])]


def values(segment: Segment) -> list[int]:
    packet = segment.packet
    return [
        segment.direction,
        *(int(packet.has(flag)) for flag in FLAGS),
        packet.ttl,
        int(packet.dont_fragment),
        int(packet.more_fragments),
        packet.fragment_offset,
        packet.window,
        segment.new_bytes,
    ]
