# SPDX-License-Identifier: Apache-2.0
"""The internet between the router and the servers: delay, jitter, hops, loss and rate for each end of a connection.

Owns two TUN devices, one in the router's namespace, one where the servers are (not every kernel has netem), and the
program kanaria-lab-path, which moves packets between them (lab/path/). Order is kept for each pair of hosts and
direction; nothing of a packet changes but its TTL.
"""

import fcntl
import ipaddress
import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.failure import LabFailure
from lab.namespace import Namespace

# linux/if_tun.h: TUNSETIFF, IFF_TUN | IFF_NO_PI
_TUN_SET_INTERFACE = 0x400454CA
_TUN_PLAIN_PACKETS = 0x1001

_END_OF_PROGRAM_S = 3.0
_COLUMNS = "# PREFIX ONE_WAY_DELAY_US JITTER_US HOPS LOSS RATE_KBIT"


@dataclass(frozen=True)
class Route:
    """What one end adds to its packets' way; the other end's route comes on top."""

    round_trip_s: float
    jitter_s: float  # mean of an exponential addition, each way
    hops: int
    loss: float = 0.0  # share of the packets, each way
    rate_kbit: int = 0  # each way, shared by all addresses of the prefix; 0: no limit


class InternetPath:
    """`near_device` and `far_device` exist from construction on; packets move once `start` was called.

    A packet between two ends neither of which has a route is dropped. All routes are added before `start`.
    """

    def __init__(
        self,
        near: Namespace,
        near_device: str,
        far: Namespace,
        far_device: str,
        random: Random,
        program: Path,
        folder: Path,
    ) -> None:
        self._near = _open_tun(near, near_device)
        self._far = _open_tun(far, far_device)
        self._seed = random.getrandbits(64)
        self._program = program
        self._links = folder / "links.txt"
        self._routes: dict[str, Route] = {}
        self._running: subprocess.Popen | None = None

    def add_route(self, prefix: str, route: Route) -> None:
        """`prefix` is an address or a network; of those that hold an address the longest counts."""
        assert not self._running, "the links are written when the path starts"
        self._routes[str(ipaddress.ip_network(prefix))] = route

    def start(self) -> None:
        lines = [_COLUMNS, *(_line(prefix, route) for prefix, route in self._routes.items())]
        self._links.write_text("\n".join(lines) + "\n", encoding="ascii")
        command = [self._program, self._links, "--near", self._near, "--far", self._far, "--seed", self._seed]
        self._running = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=(self._near, self._far),
        )

    def check(self) -> None:
        """Fails when packets do not move any more."""
        if self._running and self._running.poll() is not None:
            _, said = self._running.communicate()
            said = said.strip() or "it said nothing"
            raise LabFailure(f"'{self._program.name}' ended early with code {self._running.returncode}: {said}")

    def close(self) -> str:
        """What the program counted, in one line."""
        said = self._end_program() if self._running else ""
        for descriptor in (self._near, self._far):
            os.close(descriptor)
        return said

    def _end_program(self) -> str:
        assert self._running
        self._running.terminate()
        try:
            _, said = self._running.communicate(timeout=_END_OF_PROGRAM_S)
        except subprocess.TimeoutExpired:
            self._running.kill()
            _, said = self._running.communicate()
        return said.strip()


def _open_tun(namespace: Namespace, device: str) -> int:
    try:
        with namespace:
            descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(descriptor, _TUN_SET_INTERFACE, struct.pack("16sH22x", device.encode(), _TUN_PLAIN_PACKETS))
    except OSError as error:
        raise LabFailure(f"/dev/net/tun makes no device: {error.strerror}") from None
    return descriptor


def _line(prefix: str, route: Route) -> str:
    delay_us = round(route.round_trip_s / 2 * 1e6)
    return f"{prefix} {delay_us} {round(route.jitter_s * 1e6)} {route.hops} {route.loss} {route.rate_kbit}"
