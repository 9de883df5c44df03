# SPDX-License-Identifier: Apache-2.0
"""Messages of Stratum V2's mining protocol, as far as miners and pools need them.

stratum-mining/sv2-spec 03 (common), 05 (mining), 08 (numbers). Payload bytes: setup 16 + its strings, standard
channel 41 + identity, its success 45 + prefix, job 45 (future) or 49, extended job 14-18 + 32 a Merkle branch +
coinbase, new previous hash 48, target 36, share 24 or 25 + extranonce, its success 20, its error 9 + text.
"""

import enum
import struct

from lab.miners.sv2_wire import Frame


class Type(enum.IntEnum):
    SETUP_CONNECTION = 0x00
    SETUP_CONNECTION_SUCCESS = 0x01
    RECONNECT = 0x04
    OPEN_STANDARD_CHANNEL = 0x10
    OPEN_STANDARD_CHANNEL_SUCCESS = 0x11
    OPEN_EXTENDED_CHANNEL = 0x13
    OPEN_EXTENDED_CHANNEL_SUCCESS = 0x14
    NEW_MINING_JOB = 0x15
    UPDATE_CHANNEL = 0x16
    SUBMIT_SHARES_STANDARD = 0x1A
    SUBMIT_SHARES_EXTENDED = 0x1B
    SUBMIT_SHARES_SUCCESS = 0x1C
    SUBMIT_SHARES_ERROR = 0x1D
    NEW_EXTENDED_MINING_JOB = 0x1F
    SET_NEW_PREV_HASH = 0x20
    SET_TARGET = 0x21


_VERSION_BITS = 0x20000000


def setup_connection(host: str, port: int, device: tuple[str, str, str, str], flags: int) -> Frame:
    """`device`: vendor, hardware, firmware, id."""
    payload = struct.pack("<BHHI", 0, 2, 2, flags) + _text(host) + struct.pack("<H", port)
    return Frame(Type.SETUP_CONNECTION, payload + b"".join(_text(part) for part in device), of_channel=False)


def setup_connection_success() -> Frame:
    return Frame(Type.SETUP_CONNECTION_SUCCESS, struct.pack("<HI", 2, 0), of_channel=False)


def reconnect() -> Frame:
    return Frame(Type.RECONNECT, _text("") + struct.pack("<H", 0), of_channel=False)


def open_channel(request: int, identity: str, hashes_per_s: float, extended: bool) -> Frame:
    payload = struct.pack("<I", request) + _text(identity) + struct.pack("<f", hashes_per_s) + b"\xff" * 32
    if extended:
        return Frame(Type.OPEN_EXTENDED_CHANNEL, payload + struct.pack("<H", 4), of_channel=False)
    return Frame(Type.OPEN_STANDARD_CHANNEL, payload, of_channel=False)


def open_channel_success(
    request: bytes, channel: int, target: bytes, prefix: bytes, extranonce_bytes: int | None
) -> Frame:
    """`extranonce_bytes` for an extended channel."""
    head = request + struct.pack("<I", channel) + target
    if extranonce_bytes is None:
        payload = head + _bytes(prefix) + struct.pack("<I", 1)
        return Frame(Type.OPEN_STANDARD_CHANNEL_SUCCESS, payload, of_channel=False)
    payload = head + struct.pack("<H", extranonce_bytes) + _bytes(prefix)
    return Frame(Type.OPEN_EXTENDED_CHANNEL_SUCCESS, payload, of_channel=False)


def new_mining_job(channel: int, job: int, min_time: int | None, merkle_root: bytes) -> Frame:
    """Without a time it is for a block to come."""
    payload = struct.pack("<II", channel, job) + _option(min_time) + struct.pack("<I", _VERSION_BITS) + merkle_root
    return Frame(Type.NEW_MINING_JOB, payload)


def new_extended_mining_job(
    channel: int, job: int, min_time: int | None, merkle_path: bytes, coinbase: tuple[bytes, bytes]
) -> Frame:
    payload = struct.pack("<II", channel, job) + _option(min_time) + struct.pack("<IB", _VERSION_BITS, 1)
    payload += bytes([len(merkle_path) // 32]) + merkle_path
    for part in coinbase:
        payload += struct.pack("<H", len(part)) + part
    return Frame(Type.NEW_EXTENDED_MINING_JOB, payload)


def set_new_prev_hash(channel: int, job: int, previous: bytes, time: int) -> Frame:
    payload = struct.pack("<II", channel, job) + previous + struct.pack("<II", time, 0x17034219)
    return Frame(Type.SET_NEW_PREV_HASH, payload)


def set_target(channel: int, target: bytes) -> Frame:
    return Frame(Type.SET_TARGET, struct.pack("<I", channel) + target)


def update_channel(channel: int, hashes_per_s: float) -> Frame:
    return Frame(Type.UPDATE_CHANNEL, struct.pack("<If", channel, hashes_per_s) + b"\xff" * 32)


def submit_shares(channel: int, sequence: int, job: int, nonce: bytes, time: int, extranonce: bytes | None) -> Frame:
    """`extranonce` on an extended channel."""
    payload = struct.pack("<III", channel, sequence, job) + nonce + struct.pack("<II", time, _VERSION_BITS)
    if extranonce is None:
        return Frame(Type.SUBMIT_SHARES_STANDARD, payload)
    return Frame(Type.SUBMIT_SHARES_EXTENDED, payload + _bytes(extranonce))


def submit_shares_success(channel: int, sequence: int, shares: int, sum_of_difficulty: int) -> Frame:
    return Frame(Type.SUBMIT_SHARES_SUCCESS, struct.pack("<IIIQ", channel, sequence, shares, sum_of_difficulty))


def submit_shares_error(channel: int, sequence: int, code: str) -> Frame:
    return Frame(Type.SUBMIT_SHARES_ERROR, struct.pack("<II", channel, sequence) + _text(code))


def target_of(hashes_a_share: float) -> bytes:
    return min(2**256 - 1, int(2**256 / hashes_a_share)).to_bytes(32, "little")


def hashes_a_share(target: bytes) -> float:
    return 2**256 / max(1, int.from_bytes(target, "little"))


def _text(text: str) -> bytes:
    return _bytes(text.encode())


def _bytes(data: bytes) -> bytes:
    return bytes([len(data)]) + data


def _option(value: int | None) -> bytes:
    return b"\0" if value is None else b"\1" + struct.pack("<I", value)
