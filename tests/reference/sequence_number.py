# SPDX-License-Identifier: Apache-2.0
"""Sequence numbers, compared modulo 2^32 (RFC 9293, section 3.4)."""

MODULUS = 2**32


def distance(start: int, end: int) -> int:
    """How far `end` lies after `start`; negative when before."""
    ahead = (end - start) % MODULUS
    return ahead if ahead < MODULUS // 2 else ahead - MODULUS


def is_after(a: int, b: int) -> bool:
    return distance(b, a) > 0
