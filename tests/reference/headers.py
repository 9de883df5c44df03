# SPDX-License-Identifier: Apache-2.0
"""Bytes of the headers that made-up frames are built from. Checksums are 0: nobody here looks."""

import ipaddress
import struct

IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP = 6, 17
FLAG_LETTERS = "FSRPAUECN"  # from bit 0 on


def ethernet(ether_type: int) -> bytes:
    addresses = bytes.fromhex("020000000002") + bytes.fromhex("020000000001")
    return addresses + struct.pack(">H", ether_type)


def ipv4(
    src: str,
    dst: str,
    payload_length: int,
    protocol: int = TCP,
    ttl: int = 64,
    identifier: int = 0,
    fragment: int = 0x4000,
    options: bytes = b"",
    total_length: int | None = None,
) -> bytes:
    """`fragment`: flags and offset as in the header; `total_length` None: the true one."""
    header_length = 20 + len(options)
    if total_length is None:
        total_length = header_length + payload_length
    return (
        struct.pack(
            ">BBHHHBBH",
            0x40 | header_length // 4,
            0,
            total_length,
            identifier,
            fragment,
            ttl,
            protocol,
            0,
        )
        + ipaddress.IPv4Address(src).packed
        + ipaddress.IPv4Address(dst).packed
        + options
    )


def ipv6(
    src: str,
    dst: str,
    payload_length: int,
    next_header: int = TCP,
    hop_limit: int = 64,
) -> bytes:
    return (
        struct.pack(">IHBB", 6 << 28, payload_length, next_header, hop_limit)
        + ipaddress.IPv6Address(src).packed
        + ipaddress.IPv6Address(dst).packed
    )


def flag_bits(letters: str) -> int:
    return sum(1 << FLAG_LETTERS.index(letter) for letter in letters if letter != ".")


def tcp(
    src_port: int,
    dst_port: int,
    seq: int,
    ack: int,
    flags: int,
    window: int,
    options: bytes = b"",
    header_length: int | None = None,
) -> bytes:
    """`options` are padded with NOPs to a multiple of 4; `header_length` None: the true one."""
    options += b"\x01" * (-len(options) % 4)
    if header_length is None:
        header_length = 20 + len(options)
    return (
        struct.pack(
            ">HHIIHHHH",
            src_port,
            dst_port,
            seq % 2**32,
            ack % 2**32,
            header_length // 4 << 12 | flags,
            window,
            0,
            0,
        )
        + options
    )


def udp(src_port: int, dst_port: int, payload_length: int) -> bytes:
    return struct.pack(">HHHH", src_port, dst_port, 8 + payload_length, 0)
