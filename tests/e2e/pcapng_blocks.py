# SPDX-License-Identifier: Apache-2.0
"""The packets of a pcapng file, read without the program under test."""

import struct


def packet_blocks(data):
    """(captured bytes, original length) of each enhanced packet block of a pcapng file in little endian."""
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert struct.unpack_from("<I", data, at + length - 4)[0] == length
        if kind == 6:
            captured, original = struct.unpack_from("<II", data, at + 20)
            yield data[at + 28 : at + 28 + captured], original
        at += length
