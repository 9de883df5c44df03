# SPDX-License-Identifier: Apache-2.0
"""Packets -> connections, their client and their segments (docs/definitions.md, "Connection" and
"Segment"): slow, and as close to that page's words as Python goes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from packets import ACK, FIN, RST, SYN, End, Packet
from seen_bytes import SeenBytes
from sequence_number import MODULUS

SECOND_NS = 10**9
SILENT_NS = 60 * SECOND_NS
IDLE_NS = 15 * 60 * SECOND_NS
LATE_NS = 10 * SECOND_NS
FORGOTTEN_NS = 60 * SECOND_NS
TO_SERVER, TO_CLIENT = 0, 1


class PacketClass(Enum):
    KEEP_ALIVE = "keep_alive"
    SEGMENT = "segment"
    RETRANSMISSION = "retransmission"
    PURE_ACK = "pure_ack"
    CONTROL = "control"


@dataclass
class Side:
    """What is known of the bytes one end sent."""

    isn: int | None = None
    pending_isn: int | None = None
    fin_seen: bool = False
    seen: SeenBytes | None = None  # None: nothing was sent yet


@dataclass(frozen=True)
class Segment:
    packet: Packet
    direction: int
    new_bytes: int


@dataclass
class Connection:
    client: End
    server: End
    first_frame: int
    last_time_ns: int
    sides: tuple[Side, Side] = field(default_factory=lambda: (Side(), Side()))
    rst_seen: bool = False
    closed_time_ns: int | None = None
    reused_tuple: int = 0
    packets: list[tuple[Packet, PacketClass]] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    def direction(self, packet: Packet) -> int:
        return TO_SERVER if packet.src == self.client else TO_CLIENT

    def sender(self, packet: Packet) -> Side:
        return self.sides[self.direction(packet)]

    def receiver(self, packet: Packet) -> Side:
        return self.sides[1 - self.direction(packet)]

    @property
    def is_closing(self) -> bool:
        return self.rst_seen or any(side.fin_seen for side in self.sides)

    @property
    def is_closed(self) -> bool:
        return self.rst_seen or all(side.fin_seen for side in self.sides)

    def count(self, packet_class: PacketClass) -> int:
        return sum(one is packet_class for _, one in self.packets)

    def add(self, packet: Packet) -> None:
        learn_isn(self, packet)
        packet_class, new_bytes = receive(self.sender(packet), packet)
        self.packets.append((packet, packet_class))
        if packet_class is PacketClass.SEGMENT:
            self.segments.append(Segment(packet, self.direction(packet), new_bytes))
        self.last_time_ns = max(self.last_time_ns, packet.time_ns)
        was_closed = self.is_closed
        self.rst_seen |= packet.has(RST)
        self.sender(packet).fin_seen |= packet.has(FIN)
        if self.is_closed and not was_closed:
            self.closed_time_ns = packet.time_ns


def client_and_server(first: Packet) -> tuple[End, End]:
    """Of a connection that begins with this packet."""
    if first.is_syn:
        sender_is_client = True
    elif first.is_syn_ack:
        sender_is_client = False
    else:
        sender_is_client = first.src[1] >= first.dst[1]
    return (first.src, first.dst) if sender_is_client else (first.dst, first.src)


def learn_isn(connection: Connection, packet: Packet) -> None:
    """An ISN once known stays; a pending SYN makes none known."""
    sender, receiver = connection.sender(packet), connection.receiver(packet)
    is_pending = packet.is_syn and sender.pending_isn == packet.seq
    if packet.has(SYN) and sender.isn is None and not is_pending:
        sender.isn = packet.seq
    if packet.is_syn_ack and receiver.isn is None:
        receiver.isn = (packet.ack - 1) % MODULUS


def receive(side: Side, packet: Packet) -> tuple[PacketClass, int]:
    """The packet's class and its new bytes; moves what was seen of its sender."""
    first_byte = (packet.seq + (1 if packet.has(SYN) else 0)) % MODULUS
    if side.seen is None:
        side.seen = SeenBytes(first_byte)
    elif is_keep_alive(side.seen, packet):
        return PacketClass.KEEP_ALIVE, 0
    new_bytes = side.seen.add(first_byte, packet.payload, packet.has(FIN))
    if packet.payload > 0:
        return (PacketClass.SEGMENT if new_bytes > 0 else PacketClass.RETRANSMISSION), new_bytes
    if packet.has(ACK) and not packet.has(SYN | FIN | RST):
        return PacketClass.PURE_ACK, 0
    return PacketClass.CONTROL, 0


def is_keep_alive(seen: SeenBytes, packet: Packet) -> bool:
    return (
        packet.payload <= 1
        and not packet.has(SYN | FIN | RST)
        and packet.seq == (seen.next - 1) % MODULUS
    )


@dataclass
class Table:
    connections: list[Connection] = field(default_factory=list)
    current: dict[frozenset[End], Connection] = field(default_factory=dict)
    stray: int = 0

    def add(self, packet: Packet) -> None:
        tuple_ = frozenset((packet.src, packet.dst))
        connection = self.place(packet, self.current.get(tuple_))
        if connection is None:
            self.stray += 1
            return
        if self.current.get(tuple_) is not connection:
            self.current[tuple_] = connection
            self.connections.append(connection)
        connection.add(packet)

    def place(self, packet: Packet, current: Connection | None) -> Connection | None:
        """The connection the packet belongs to, a new one, or none; rules 1 to 4."""
        if current is None or packet.time_ns - current.last_time_ns > IDLE_NS:
            return begin(packet)
        if current.is_closed:
            assert current.closed_time_ns is not None
            if packet.time_ns - current.closed_time_ns > FORGOTTEN_NS:
                return begin(packet)
        sender, receiver = current.sender(packet), current.receiver(packet)
        if packet.has(SYN) and packet.seq != sender.isn:
            if current.is_closing or packet.time_ns - current.last_time_ns >= SILENT_NS:
                return begin(packet)
            if packet.is_syn_ack:
                expected = (packet.ack - 1) % MODULUS
                return begin(packet) if receiver.pending_isn == expected else current
            sender.pending_isn = packet.seq
            current.reused_tuple += 1
            return current
        if current.is_closed and packet.time_ns - current.closed_time_ns > LATE_NS:
            return begin(packet) if packet.payload > 0 else None
        return current


def begin(packet: Packet) -> Connection:
    client, server = client_and_server(packet)
    return Connection(client, server, packet.frame, packet.time_ns)


def connections(packets: Iterable[Packet]) -> Table:
    table = Table()
    for packet in packets:
        table.add(packet)
    return table
