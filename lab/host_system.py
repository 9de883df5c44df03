# SPDX-License-Identifier: Apache-2.0
"""What a host's operating system writes into IP and TCP headers, as far as the Linux kernel can be told to write it.

Values: initial TTL and ephemeral ports from RFC 6056 and the systems' documentation; window scales as seen in public
captures. A Linux kernel stays one: order of options and initial window are its own.
"""

from dataclasses import dataclass

from lab.namespace import Namespace

ALLOWED_CONTROLS = "ipv4/tcp_allowed_congestion_control"


@dataclass(frozen=True)
class HostSystem:
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


LINUX = HostSystem(ttl=64, window_scale=7, timestamps=True)
WINDOWS = HostSystem(ttl=128, window_scale=8, timestamps=False, ephemeral_ports=(49152, 65535))
MACOS = HostSystem(ttl=64, window_scale=6, timestamps=True, ephemeral_ports=(49152, 65535))
PHONE = HostSystem(ttl=64, window_scale=8, timestamps=True, mtu=1492, ephemeral_ports=(32768, 60999))
SENSOR = HostSystem(ttl=64, window_scale=2, timestamps=False, mtu=1492)

LINUX_SERVER = HostSystem(ttl=64, window_scale=7, timestamps=True)
FREEBSD_SERVER = HostSystem(ttl=64, window_scale=6, timestamps=True)
WINDOWS_SERVER = HostSystem(ttl=128, window_scale=8, timestamps=False)
LOAD_BALANCER = HostSystem(ttl=255, window_scale=3, timestamps=True, mtu=1420)
