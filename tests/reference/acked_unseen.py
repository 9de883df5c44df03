# SPDX-License-Identifier: Apache-2.0
"""Frames that acknowledge bytes the capture lacks, by tshark 4.0's rule (docs/definitions.md,
"Capture quality"; the numbers of the steps are those of that page).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from packets import ACK, FIN, RST, SYN, End, Packet
from sequence_number import MODULUS, is_after


@dataclass
class Side:
    base: int | None = None
    next: int = 0
    reach: int = 0
    ack: int = 0
    window: int = MODULUS - 1
    repeats: int = 0
    kept: bool = False


@dataclass
class Stream:
    sides: dict[End, Side] = field(default_factory=dict)

    def side(self, end: End) -> Side:
        return self.sides.setdefault(end, Side())


class AckedUnseen:
    def __init__(self) -> None:
        self.streams: dict[frozenset[End], Stream] = {}

    def counts(self, packet: Packet) -> bool:
        """Whether this packet, the next one of the capture, counts."""
        tuple_ = frozenset((packet.src, packet.dst))
        stream = self.streams.setdefault(tuple_, Stream())
        f = stream.side(packet.src)
        if packet.is_syn and f.base is not None:
            if packet.seq == f.base:
                f.next = f.reach  # step 1
            else:
                stream = self.streams[tuple_] = Stream()
                f = stream.side(packet.src)
        # A packet to its own sender has a receiver that never says anything.
        r = stream.side(packet.dst) if packet.dst != packet.src else Side()
        if packet.is_syn_ack and f.base is not None:
            f.base = packet.seq
        if packet.more_fragments:
            return False
        if f.base is None:
            f.base = packet.seq if packet.has(SYN) else (packet.seq - 1) % MODULUS
        if r.base is None and packet.has(ACK):
            r.base = (packet.ack - 1) % MODULUS
        return analyse(packet, f, r)


def analyse(packet: Packet, f: Side, r: Side) -> bool:
    """Steps 2 to 7."""
    plain = not packet.has(SYN | FIN | RST)
    probe = packet.payload == 1 and packet.seq == f.next and r.window == 0
    keep_alive = (
        not probe and plain and packet.payload <= 1 and packet.seq == (f.next - 1) % MODULUS
    )
    duplicate_ack = (
        not probe
        and plain
        and packet.payload == 0
        and packet.window != 0
        and packet.window == f.window
        and packet.seq == f.next
        and packet.ack == f.ack
        and not r.kept
    )
    if duplicate_ack:
        f.repeats = 1 if f.repeats == -1 else f.repeats + 1
    if packet.ack != f.ack:
        f.repeats = 0

    counts = False
    if packet.has(ACK) and r.reach != 0 and is_after(packet.ack, r.reach):
        if is_after(r.next, r.reach):
            counts = True
            r.reach = r.next
        else:
            counts = r.repeats == 0
            r.repeats = -1

    if not probe:
        end = (packet.seq + packet.payload + (1 if packet.has(SYN | FIN) else 0)) % MODULUS
        if f.next == 0 or is_after(end, f.next):
            f.next = end
        if f.reach == 0 or packet.seq == f.reach:
            f.reach = f.next

    f.window = packet.window
    f.ack = packet.ack
    f.kept = keep_alive
    return counts


def acked_unseen_frames(packets: Iterable[Packet]) -> set[int]:
    analysis = AckedUnseen()
    return {packet.frame for packet in packets if analysis.counts(packet)}


def frames_differing_from_tshark(packets: list[Packet]) -> set[int]:
    """Frames that count here but not for tshark, or the reverse, given tshark's payload lengths.

    Frames cut within their options, which tshark analyses without showing it, are not among them.
    """
    as_tshark = [
        packet
        if packet.payload_by_tshark is None
        else replace(packet, payload=packet.payload_by_tshark)
        for packet in packets
    ]
    by_tshark = {packet.frame for packet in packets if packet.acked_unseen_by_tshark}
    not_shown = {packet.frame for packet in packets if packet.options_cut}
    return (acked_unseen_frames(as_tshark) ^ by_tshark) - not_shown
