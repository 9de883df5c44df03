# SPDX-License-Identifier: Apache-2.0
"""The internet between the router and the servers: a delay and a number of hops for each server.

Moves packets between two TUN devices, one in the router's namespace, one where the servers are (not every kernel has
netem). Order is kept for each server and direction. Nothing is lost or changed but the TTL.
"""

import asyncio
import fcntl
import ipaddress
import os
import struct
from dataclasses import dataclass
from random import Random

from lab.namespace import Namespace

# linux/if_tun.h: TUNSETIFF, IFF_TUN | IFF_NO_PI
_TUN_SET_INTERFACE = 0x400454CA
_TUN_PLAIN_PACKETS = 0x1001

_LARGEST_PACKET = 65535
_PACKETS_A_TURN = 64
# Two packets released in the same instant could change places in the event loop's heap.
_LEAST_SPACING_S = 1e-6


@dataclass(frozen=True)
class Route:
    round_trip_s: float
    jitter_s: float  # mean of an exponential addition, each way
    hops: int


class InternetPath:
    """`near_device` and `far_device` exist from construction on; packets move once `start` was called."""

    def __init__(self, near: Namespace, near_device: str, far: Namespace, far_device: str, random: Random) -> None:
        self._near = _open_tun(near, near_device)
        self._far = _open_tun(far, far_device)
        self._random = random
        self._routes: dict[bytes, Route] = {}
        self._last_release: dict[tuple[bytes, int], float] = {}

    def add_route(self, server: str, route: Route) -> None:
        self._routes[ipaddress.ip_address(server).packed] = route

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._near, self._move, self._near, self._far, "destination")
        loop.add_reader(self._far, self._move, self._far, self._near, "source")

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for descriptor in (self._near, self._far):
            loop.remove_reader(descriptor)
            os.close(descriptor)

    def _move(self, source: int, target: int, server_end: str) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_PACKETS_A_TURN):
            try:
                packet = bytearray(os.read(source, _LARGEST_PACKET))
            except BlockingIOError:
                return
            server = _address(packet, server_end)
            route = self._routes.get(server)
            if route is None or not _take_hops(packet, route.hops):
                continue
            delay = route.round_trip_s / 2 + self._random.expovariate(1) * route.jitter_s
            key = (server, target)
            release = max(loop.time() + delay, self._last_release.get(key, 0) + _LEAST_SPACING_S)
            self._last_release[key] = release
            loop.call_at(release, _write, target, bytes(packet))


def _open_tun(namespace: Namespace, device: str) -> int:
    with namespace:
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(descriptor, _TUN_SET_INTERFACE, struct.pack("16sH22x", device.encode(), _TUN_PLAIN_PACKETS))
    return descriptor


def _write(descriptor: int, packet: bytes) -> None:
    try:
        os.write(descriptor, packet)
    except OSError:
        pass  # the scenario has ended


def _address(packet: bytearray, end: str) -> bytes:
    if packet[0] >> 4 == 4:
        return bytes(packet[12:16] if end == "source" else packet[16:20])
    return bytes(packet[8:24] if end == "source" else packet[24:40])


def _take_hops(packet: bytearray, hops: int) -> bool:
    """Lowers TTL or hop limit as that many routers would; false when the packet would not arrive."""
    place = 8 if packet[0] >> 4 == 4 else 7
    if packet[place] <= hops:
        return False
    packet[place] -= hops
    if place == 8:
        # RFC 1624 for a fall of the high byte of one 16-bit word: the checksum rises by as much.
        total = int.from_bytes(packet[10:12], "big") + (hops << 8)
        packet[10:12] = ((total & 0xFFFF) + (total >> 16)).to_bytes(2, "big")
    return True
