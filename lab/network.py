# SPDX-License-Identifier: Apache-2.0
"""Clients - router - internet - servers, in namespaces of their own.

    client eth0 - lan (bridge) [router] wan (TUN) - InternetPath - core (TUN) [backbone] peering (bridge) - eth0 server

The router's `lan` shows Ethernet frames with the clients' TTL as sent; its `wan` shows bare IP packets one hop later.
Addresses are private or reserved for documentation (RFC 1918, RFC 5737, RFC 3849, RFC 7042 for MAC addresses).
"""

import socket
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.host_system import HostSystem
from lab.internet_path import InternetPath, Route
from lab.namespace import Namespace
from lab.programs import built

LAN_GATEWAY, LAN_PREFIX = "10.20.0.1", 24
LAN_GATEWAY6, LAN_PREFIX6 = "2001:db8:20::1", 64
_BACKBONE_GATEWAY, _BACKBONE_GATEWAY6 = "10.255.255.1", "fe80::1"

_ROUTER_MAC = "00:00:5e:00:53:01"
_OFFLOADS = ("tso", "gso", "gro", "tx", "rx", "sg")


@dataclass(frozen=True)
class Host:
    name: str
    namespace: Namespace
    ipv4: str
    ipv6: str | None

    def address(self, family: socket.AddressFamily) -> str:
        if family == socket.AF_INET6:
            assert self.ipv6, f"{self.name} has no IPv6 address"
            return self.ipv6
        return self.ipv4


class Network:
    def __init__(self, random: Random, folder: Path) -> None:
        program = built("kanaria-lab-path")
        self._namespaces: list[Namespace] = []
        self.router = self._namespace()
        self._backbone = self._namespace()
        self._path = InternetPath(self.router, "wan", self._backbone, "core", random, program, folder)
        self._set_up_router()
        self._set_up_backbone()

    def client(
        self, name: str, system: HostSystem, ipv4: str, ipv6: str | None = None, *, access: Route | None = None
    ) -> Host:
        """`access` adds to the route of each server that the client talks to."""
        addresses = [f"addr add {ipv4}/{LAN_PREFIX} dev eth0"]
        routes = [f"route add 0.0.0.0/0 via {LAN_GATEWAY} window {system.largest_window}"]
        if ipv6:
            addresses.append(f"addr add {ipv6}/{LAN_PREFIX6} dev eth0 nodad")
            routes.append(f"route add ::/0 via {LAN_GATEWAY6} window {system.largest_window}")
        namespace = self._attach(self.router, "lan", system, addresses, routes)
        for address in filter(None, (ipv4, ipv6) if access else ()):
            self._path.add_route(address, access)
        return Host(name, namespace, ipv4, ipv6)

    def server(self, name: str, system: HostSystem, ipv4: str, ipv6: str | None = None, *, route: Route) -> Host:
        addresses = [f"addr add {ipv4}/32 dev eth0"]
        onlink = f"dev eth0 onlink window {system.largest_window}"
        routes = [f"route add 0.0.0.0/0 via {_BACKBONE_GATEWAY} {onlink}"]
        if ipv6:
            addresses.append(f"addr add {ipv6}/128 dev eth0 nodad")
            routes.append(f"route add ::/0 via {_BACKBONE_GATEWAY6} {onlink}")
        namespace = self._attach(self._backbone, "peering", system, addresses, routes)
        for address in filter(None, (ipv4, ipv6)):
            self._backbone.ip(f"route add {address} dev peering")
            self._path.add_route(address, route)
        return Host(name, namespace, ipv4, ipv6)

    def start(self) -> None:
        """Packets cross the internet from now on."""
        self._path.start()

    def check(self) -> None:
        """Fails when packets do not cross any more: what was captured since is not what was set."""
        self._path.check()

    def close(self) -> None:
        self._path.close()
        for namespace in self._namespaces:
            namespace.close()

    def _namespace(self) -> Namespace:
        namespace = Namespace()
        namespace.set("ipv6/conf/default/accept_dad", 0)
        namespace.set("ipv6/conf/default/router_solicitations", 0)
        self._namespaces.append(namespace)
        return namespace

    def _set_up_router(self) -> None:
        self.router.ip(
            f"link add lan address {_ROUTER_MAC} type bridge",
            "link set lan up",
            "link set wan up",
            f"addr add {LAN_GATEWAY}/{LAN_PREFIX} dev lan",
            f"addr add {LAN_GATEWAY6}/{LAN_PREFIX6} dev lan nodad",
            "route add 0.0.0.0/0 dev wan",
            "route add ::/0 dev wan",
        )
        _forward_packets(self.router)

    def _set_up_backbone(self) -> None:
        self._backbone.ip(
            "link add peering type bridge",
            "link set peering up",
            "link set core up",
            f"addr add {_BACKBONE_GATEWAY}/32 dev peering",
            f"addr add {_BACKBONE_GATEWAY6}/64 dev peering nodad",
            "route add 0.0.0.0/0 dev core",
            "route add ::/0 dev core",
        )
        _forward_packets(self._backbone)

    def _attach(
        self, middle: Namespace, bridge: str, system: HostSystem, addresses: list[str], routes: list[str]
    ) -> Namespace:
        namespace = self._namespace()
        number = len(self._namespaces)
        port, mac = f"port{number}", f"00:00:5e:00:53:{number:02x}"
        middle.ip(
            f"link add {port} type veth peer name eth0 address {mac} netns OTHER",
            f"link set {port} master {bridge} up",
            other=namespace,
        )
        namespace.ip(f"link set eth0 mtu {system.mtu}", *addresses, "link set eth0 up", *routes)
        _switch_off_offloads(middle, port)
        _switch_off_offloads(namespace, "eth0")
        system.apply(namespace, "eth0")
        return namespace


def _forward_packets(namespace: Namespace) -> None:
    namespace.set("ipv4/ip_forward", 1)
    namespace.set("ipv6/conf/all/forwarding", 1)


def _switch_off_offloads(namespace: Namespace, device: str) -> None:
    """Offloads off: frames in the capture are those of the wire, with real checksums."""
    namespace.command(["ethtool", "-K", device, *(word for name in _OFFLOADS for word in (name, "off"))])
