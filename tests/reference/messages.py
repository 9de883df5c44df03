# SPDX-License-Identifier: Apache-2.0
"""Segments -> messages (docs/definitions.md, "Message")."""

from dataclasses import dataclass

from connections import SECOND_NS, Connection, Segment
from packets import SYN, Packet

LONGEST_PAUSE_NS = SECOND_NS
LEAST_MSS = 64
LEAST_ASSUMED_MSS = 500
SLACK_BYTES = 12


@dataclass
class Message:
    start_ns: int
    end_ns: int
    direction: int
    size: int
    segments: int


def messages(connection: Connection) -> list[Message]:
    found: list[Message] = []
    before: Segment | None = None
    before_is_full = False
    largest = [0, 0]
    options = MssOptions(connection)
    for segment in connection.segments:
        packet = segment.packet
        largest[segment.direction] = max(largest[segment.direction], packet.payload)
        if (
            before is not None
            and before.direction == segment.direction
            and before_is_full
            and packet.time_ns - before.packet.time_ns <= LONGEST_PAUSE_NS
        ):
            found[-1].end_ns = packet.time_ns
            found[-1].size += segment.new_bytes
            found[-1].segments += 1
        else:
            found.append(
                Message(packet.time_ns, packet.time_ns, segment.direction, segment.new_bytes, 1)
            )
        before = segment
        before_is_full = is_full(packet, options.at(packet), largest[segment.direction])
    return found


class MssOptions:
    """The smallest MSS option of a SYN or SYN+ACK up to each packet of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._by_frame: dict[int, int | None] = {}
        smallest: int | None = None
        for packet, _ in connection.packets:
            if packet.has(SYN) and packet.mss is not None:
                smallest = packet.mss if smallest is None else min(smallest, packet.mss)
            self._by_frame[packet.frame] = smallest

    def at(self, packet: Packet) -> int | None:
        return self._by_frame[packet.frame]


def is_full(packet: Packet, mss: int | None, largest_payload: int) -> bool:
    if mss is None:
        room = max(largest_payload, LEAST_ASSUMED_MSS)
    else:
        room = max(mss, LEAST_MSS) - packet.option_bytes
    rest = packet.payload % room
    return packet.payload > 0 and (rest == 0 or rest >= room - SLACK_BYTES)
