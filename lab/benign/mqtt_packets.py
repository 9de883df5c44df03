# SPDX-License-Identifier: Apache-2.0
"""MQTT control packets a client sends and reads: 3.1.1 (OASIS, 2014) and, where it differs, 5.0 (OASIS, 2019)."""

import asyncio
from dataclasses import dataclass

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 1, 2, 3, 4, 8, 9
PINGREQ, PINGRESP, DISCONNECT = 12, 13, 14

VERSION_3_1_1, VERSION_5 = 4, 5

_CLEAN_START, _WILL, _PASSWORD, _USER_NAME = 0x02, 0x04, 0x40, 0x80


@dataclass(frozen=True)
class Login:
    client_id: str
    keepalive_s: int
    version: int = VERSION_3_1_1
    user: str | None = None
    password: str = ""
    will: tuple[str, bytes] | None = None  # topic and message when the client is lost


def remaining_length(length: int) -> bytes:
    """Variable byte integer, 3.1.1 §2.2.3."""
    encoded = bytearray()
    while True:
        length, digit = divmod(length, 128)
        encoded.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(encoded)


def connect(login: Login) -> bytes:
    """§3.1"""
    flags, payload = _CLEAN_START, _text(login.client_id)
    if login.will:
        flags |= _WILL
        payload += _no_properties(login.version) + _text(login.will[0]) + _binary(login.will[1])
    if login.user is not None:
        flags |= _USER_NAME | _PASSWORD
        payload += _text(login.user) + _text(login.password)
    head = _text("MQTT") + bytes([login.version, flags]) + login.keepalive_s.to_bytes(2, "big")
    return _packet(CONNECT, 0, head + _no_properties(login.version) + payload)


def publish(topic: str, message: bytes, version: int, packet_id: int | None = None) -> bytes:
    """§3.3; QoS 1 with a packet id, otherwise 0."""
    body = _text(topic) + (packet_id.to_bytes(2, "big") if packet_id else b"") + _no_properties(version) + message
    return _packet(PUBLISH, 0x02 if packet_id else 0, body)


def puback(packet_id: int) -> bytes:
    """§3.4; version 5 may leave out a reason of 0 too."""
    return _packet(PUBACK, 0, packet_id.to_bytes(2, "big"))


def subscribe(packet_id: int, topics: list[str], qos: int, version: int) -> bytes:
    """§3.8"""
    body = packet_id.to_bytes(2, "big") + _no_properties(version)
    return _packet(SUBSCRIBE, 0x02, body + b"".join(_text(topic) + bytes([qos]) for topic in topics))


def pingreq() -> bytes:
    return _packet(PINGREQ, 0, b"")


def disconnect() -> bytes:
    return _packet(DISCONNECT, 0, b"")


async def read_packet(reader: asyncio.StreamReader) -> tuple[int, int, bytes]:
    """Type, flags and body."""
    first = (await reader.readexactly(1))[0]
    length, shift = 0, 0
    while True:
        digit = (await reader.readexactly(1))[0]
        length |= (digit & 0x7F) << shift
        shift += 7
        if digit < 0x80:
            return first >> 4, first & 0x0F, await reader.readexactly(length)
        if shift > 21:
            raise ConnectionError("an MQTT packet's length has more than four bytes")


def published_id(flags: int, body: bytes) -> int | None:
    """Packet id of a PUBLISH of QoS 1 or 2, which has to be acknowledged."""
    topic_end = 2 + int.from_bytes(body[:2], "big")
    return int.from_bytes(body[topic_end : topic_end + 2], "big") if flags & 0x06 else None


def _packet(kind: int, flags: int, body: bytes) -> bytes:
    return bytes([kind << 4 | flags]) + remaining_length(len(body)) + body


def _no_properties(version: int) -> bytes:
    return b"\0" if version == VERSION_5 else b""


def _binary(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _text(text: str) -> bytes:
    return _binary(text.encode())
