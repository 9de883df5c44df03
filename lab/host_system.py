# SPDX-License-Identifier: Apache-2.0
"""What a host's operating system writes into IP and TCP headers, as far as the Linux kernel can be told to write it.

Values: initial TTL and ephemeral ports from RFC 6056 and the systems' documentation; window scales as seen in public
captures. A Linux kernel stays one: order of options and initial window are its own.
"""

import socket
from dataclasses import dataclass
from random import Random

from lab.namespace import Namespace

ALLOWED_CONTROLS = "ipv4/tcp_allowed_congestion_control"


@dataclass(frozen=True)
class HostSystem:
    """Settings of a network namespace, which all hosts in it share."""

    name: str
    ttl: int
    window_scale: int
    timestamps: bool
    mtu: int = 1500
    ephemeral_ports: tuple[int, int] = (32768, 60999)

    @property
    def largest_window(self) -> int:
        """Bytes. Linux announces the smallest scale that reaches it (tcp_output.c, tcp_select_initial_window)."""
        return 1 << (15 + self.window_scale)

    def apply(self, namespace: Namespace, device: str) -> None:
        largest = self.largest_window
        namespace.set("ipv4/ip_default_ttl", self.ttl)
        namespace.set(f"ipv6/conf/{device}/hop_limit", self.ttl)
        namespace.set("ipv4/tcp_timestamps", int(self.timestamps))
        namespace.set("ipv4/tcp_rmem", f"4096 {min(131072, largest)} {largest}")
        namespace.set("ipv4/ip_local_port_range", f"{self.ephemeral_ports[0]} {self.ephemeral_ports[1]}")
        # Outside the first namespace the kernel grants only what its list of allowed algorithms holds.
        namespace.set("ipv4/tcp_congestion_control", "cubic" if "cubic" in namespace.get(ALLOWED_CONTROLS) else "reno")


LINUX = HostSystem("linux", ttl=64, window_scale=7, timestamps=True)
WINDOWS = HostSystem("windows", ttl=128, window_scale=8, timestamps=False, ephemeral_ports=(49152, 65535))
OLD_WINDOWS = HostSystem("old-windows", ttl=128, window_scale=2, timestamps=False, ephemeral_ports=(49152, 65535))
MACOS = HostSystem("macos", ttl=64, window_scale=6, timestamps=True, ephemeral_ports=(49152, 65535))
PHONE = HostSystem("phone", ttl=64, window_scale=8, timestamps=True, mtu=1492)
TUNNELLED = HostSystem("tunnelled", ttl=64, window_scale=7, timestamps=True, mtu=1380)
SENSOR = HostSystem("sensor", ttl=64, window_scale=2, timestamps=False, mtu=1492)
APPLIANCE = HostSystem("appliance", ttl=255, window_scale=0, timestamps=False)

LINUX_SERVER = HostSystem("linux-server", ttl=64, window_scale=7, timestamps=True)
FREEBSD_SERVER = HostSystem("freebsd-server", ttl=64, window_scale=6, timestamps=True)
WINDOWS_SERVER = HostSystem("windows-server", ttl=128, window_scale=8, timestamps=False)
LOAD_BALANCER = HostSystem("load-balancer", ttl=255, window_scale=3, timestamps=True, mtu=1420)

# A network's hosts and the internet's servers, by how common they are.
CLIENT_SYSTEMS = {
    WINDOWS: 8, LINUX: 5, MACOS: 3, PHONE: 4, SENSOR: 3, OLD_WINDOWS: 1, TUNNELLED: 1, APPLIANCE: 1,
}  # fmt: skip
SERVER_SYSTEMS = {LINUX_SERVER: 7, FREEBSD_SERVER: 1, WINDOWS_SERVER: 2, LOAD_BALANCER: 3}


@dataclass(frozen=True)
class SocketStyle:
    """What distinguishes two hosts of one system. 0: the system's own value."""

    ttl: int = 0  # as seen on the network: lower behind routers of the host's own
    mss: int = 0
    window_clamp: int = 0
    control: str = ""

    @staticmethod
    def drawn(system: HostSystem, random: Random) -> "SocketStyle":
        hops = random.choices((0, 1, 2), (8, 2, 1))[0]
        mss = random.choice((1460, 1452, 1400, 1360, 1220)) if random.random() < 0.2 else 0
        clamp = random.randrange(16_000, 64_000) if random.random() < 0.15 else 0
        return SocketStyle(system.ttl - hops if hops else 0, mss, clamp, random.choice(("", "", "reno")))

    def apply(self, sock: socket.socket) -> None:
        """Before connect or listen: accepted sockets inherit it."""
        if self.ttl and sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, self.ttl)
        elif self.ttl:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, self.ttl)
        if self.mss:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, self.mss)
        if self.window_clamp:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, self.window_clamp)
        if self.control:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, self.control.encode())
