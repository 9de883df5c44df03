# SPDX-License-Identifier: Apache-2.0
"""Segments -> messages (docs/definitions.md, "Message")."""

from collections.abc import Iterator
from dataclasses import dataclass

from connections import SECOND_NS, Connection
from packets import SYN, Packet
from unseen_side import unseen_bytes

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
    finished_by: int | None = None  # frame; None: the connection ended first


@dataclass(frozen=True)
class Said:
    """A segment, or the bytes of a side not seen that stand for one."""

    frame: int
    time_ns: int
    direction: int
    new_bytes: int
    is_full: bool


def messages(connection: Connection) -> list[Message]:
    found: list[Message] = []
    before: Said | None = None
    for said in all_said(connection):
        if before is not None and before.is_full and joins(said, before):
            found[-1].end_ns = said.time_ns
            found[-1].size += said.new_bytes
            found[-1].segments += 1
        else:
            if before is not None and before.is_full:
                found[-1].finished_by = said.frame
            found.append(Message(said.time_ns, said.time_ns, said.direction, said.new_bytes, 1))
        if not said.is_full:
            found[-1].finished_by = said.frame
        before = said
    return found


def joins(said: Said, before: Said) -> bool:
    return (
        said.direction == before.direction and said.time_ns - before.time_ns <= LONGEST_PAUSE_NS
    )


def all_said(connection: Connection) -> Iterator[Said]:
    """In the order of packets; of one packet, what it acknowledges before what it carries."""
    unseen = unseen_bytes(connection)
    segments = {segment.packet.frame: segment for segment in connection.segments}
    largest = [0, 0]
    mss: int | None = None
    for packet, _ in connection.packets:
        if packet.has(SYN) and packet.mss is not None:
            mss = packet.mss if mss is None else min(mss, packet.mss)
        if packet.frame in unseen:
            size = unseen[packet.frame]
            full = is_full(size, room(packet, mss, LEAST_ASSUMED_MSS))
            yield Said(packet.frame, packet.time_ns, 1 - connection.direction(packet), size, full)
        if packet.frame in segments:
            segment = segments[packet.frame]
            largest[segment.direction] = max(largest[segment.direction], packet.payload)
            full = is_full(packet.payload, room(packet, mss, largest[segment.direction]))
            yield Said(packet.frame, packet.time_ns, segment.direction, segment.new_bytes, full)


def room(packet: Packet, mss: int | None, largest_payload: int) -> int:
    """M' of docs/definitions.md."""
    if mss is None:
        return max(largest_payload, LEAST_ASSUMED_MSS)
    return max(mss, LEAST_MSS) - packet.option_bytes


def is_full(payload: int, room_: int) -> bool:
    rest = payload % room_
    return payload > 0 and (rest == 0 or rest >= room_ - SLACK_BYTES)
