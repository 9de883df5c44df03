# SPDX-License-Identifier: Apache-2.0
"""Which bytes of one direction were seen: all below `next` but for at most 8 holes
(docs/definitions.md, "Segment").
"""

from sequence_number import MODULUS, distance

MOST_HOLES = 8


class SeenBytes:
    """Positions are sequence numbers that count on instead of wrapping."""

    def __init__(self, first_byte: int) -> None:
        # One turn ahead, so that bytes before the first one have a position too.
        self._next = first_byte + MODULUS
        self._holes: list[tuple[int, int]] = []  # [begin, end), lowest first

    @property
    def next(self) -> int:
        return self._next % MODULUS

    def add(self, seq: int, payload: int, fin: bool) -> int:
        """Marks [seq, seq + payload), and a FIN's number behind, as seen; gives the new bytes."""
        begin = self._next + distance(self.next, seq)
        end = begin + payload
        new_bytes = self._fill_holes(begin, end) + max(0, end - max(begin, self._next))
        end += 1 if fin else 0
        # A pure ACK occupies nothing, wherever it stands.
        if end > begin and end > self._next:
            if begin > self._next:
                self._holes.append((self._next, begin))
            self._next = end
        # Also after a split within: the lowest of nine goes.
        self._holes = self._holes[-MOST_HOLES:]
        return new_bytes

    def _fill_holes(self, begin: int, end: int) -> int:
        filled = 0
        left: list[tuple[int, int]] = []
        for hole_begin, hole_end in self._holes:
            low, high = max(hole_begin, begin), min(hole_end, end)
            if low >= high:
                left.append((hole_begin, hole_end))
                continue
            filled += high - low
            left += [part for part in ((hole_begin, low), (high, hole_end)) if part[0] < part[1]]
        self._holes = left
        return filled
