# SPDX-License-Identifier: Apache-2.0
"""Round trips from the sensor to the server and back (docs/definitions.md, "Round trip")."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connections import TO_SERVER, Connection, PacketClass
from packets import ACK, SYN, Packet
from sequence_number import MODULUS, is_after


@dataclass(frozen=True)
class RoundTrip:
    frame: int  # the server's packet that ended it
    took_ns: int


def round_trips(connection: Connection) -> Iterator[RoundTrip]:
    under_way: Packet | None = None
    client_seen = False
    for packet, packet_class in connection.packets:
        if connection.direction(packet) == TO_SERVER:
            late_syn = packet.is_syn and client_seen
            begins = packet_class is PacketClass.SEGMENT or packet.is_syn
            client_seen = True
            if late_syn or packet_class is PacketClass.RETRANSMISSION:
                under_way = None
            elif begins and under_way is None:
                under_way = packet
        elif under_way is not None and packet.has(ACK) and acknowledges(packet, under_way):
            yield RoundTrip(packet.frame, packet.time_ns - under_way.time_ns)
            under_way = None


def acknowledges(answer: Packet, packet: Packet) -> bool:
    end = (packet.seq + packet.payload + (1 if packet.has(SYN) else 0)) % MODULUS
    return not is_after(end, answer.ack)


def least_round_trip_ns(trips: Iterable[RoundTrip], up_to_frame: int | None) -> int | None:
    """Of those that ended with that frame or before; None: all of them. No round trip: None."""
    return min(
        (trip.took_ns for trip in trips if up_to_frame is None or trip.frame <= up_to_frame),
        default=None,
    )
