# SPDX-License-Identifier: Apache-2.0
"""Clients - router - internet - servers, in namespaces of their own.

    client eth0 - lan (bridge) [router] wan (TUN) - InternetPath - core (TUN) [backbone] peering (bridge) - eth0 server

The router's `lan` shows Ethernet frames with the clients' TTL as sent; its `wan` shows bare IP packets one hop later.
Hosts of one operating system share a namespace that owns a whole prefix of addresses (`ip route add local`), so that a
thousand hosts cost a dozen namespaces; a host whose programs cannot be told their address has a namespace of its own.
Addresses are private or reserved for documentation and benchmarks (RFC 1918, RFC 2544, RFC 3849; RFC 7042 for MAC).
"""

import socket
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from lab.failure import LabFailure
from lab.host_system import HostSystem, SocketStyle
from lab.internet_path import InternetPath, Route
from lab.namespace import Namespace
from lab.programs import built

_ROUTER_MAC = "00:00:5e:00:53:01"
_OFFLOADS = ("tso", "gso", "gro", "tx", "rx", "sg")
# Places on the wire (the last byte of an address): 1 is the gateway.
_FIRST_HOST, _LAST_HOST, _FIRST_SUBNET = 10, 229, 240
_HOSTS_OF_A_SUBNET = 1300


@dataclass(frozen=True)
class Host:
    name: str
    namespace: Namespace
    ipv4: str
    ipv6: str | None
    style: SocketStyle = SocketStyle()

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.ipv4, self.ipv6) if self.ipv6 else (self.ipv4,)

    def address(self, family: socket.AddressFamily) -> str:
        if family == socket.AF_INET6:
            assert self.ipv6, f"{self.name} has no IPv6 address"
            return self.ipv6
        return self.ipv4


@dataclass
class _Subnet:
    number: int
    namespace: Namespace
    hosts: int = 0


@dataclass
class _Side:
    """One end of the path: clients behind the router's bridge, or servers behind the backbone's."""

    middle: Namespace
    bridge: str
    prefix: str  # 16 bits of IPv4
    prefix6: str  # 48 bits of IPv6
    hosts: int = 0
    subnets: dict[HostSystem, _Subnet] = field(default_factory=dict)

    def gateways(self) -> tuple[str, str]:
        return f"{self.prefix}.0.1", f"{self.prefix6}::1"


class Network:
    def __init__(self, folder: Path, random: Random) -> None:
        self._namespaces: list[Namespace] = []
        self.router, self._backbone = self._namespace(), self._namespace()
        self._path = InternetPath(
            self.router, "wan", self._backbone, "core", random, built("kanaria-lab-path"), folder
        )
        self._clients = _Side(self.router, "lan", "10.20", "2001:db8:20")
        self._servers = _Side(self._backbone, "peering", "198.18", "2001:db8:cd")
        _set_up_middle(self._clients, "wan")
        _set_up_middle(self._servers, "core")

    def client(self, name: str, system: HostSystem, access: Route, **options) -> Host:
        """Options: `ipv6`, `style` (SocketStyle), `own_namespace`."""
        return self._host(self._clients, name, system, access, **options)

    def server(self, name: str, system: HostSystem, route: Route, **options) -> Host:
        """Options as for a client."""
        return self._host(self._servers, name, system, route, **options)

    def start(self) -> None:
        """Packets cross the internet from now on."""
        self._path.start()

    def check(self) -> None:
        """Fails when packets do not cross it any more."""
        self._path.check()

    def close(self) -> str:
        """What the path counted, in one line."""
        counted = self._path.close()
        for namespace in self._namespaces:
            namespace.close()
        return counted

    def _host(
        self,
        side: _Side,
        name: str,
        system: HostSystem,
        route: Route,
        *,
        ipv6: bool = False,
        style: SocketStyle = SocketStyle(),
        own_namespace: bool = False,
    ) -> Host:
        if own_namespace:
            place = _FIRST_HOST + side.hosts
            if place > _LAST_HOST:
                most = _LAST_HOST - _FIRST_HOST + 1
                raise LabFailure(f"more than {most} hosts have browsers: take fewer with --hosts")
            side.hosts += 1
            namespace = self._attach(side, system, place)
            ipv4, address6 = f"{side.prefix}.0.{place}", f"{side.prefix6}::{place:x}"
        else:
            subnet = side.subnets.get(system) or self._subnet(side, system)
            if subnet.hosts == _HOSTS_OF_A_SUBNET:
                most = f"{_HOSTS_OF_A_SUBNET} hosts have the system '{system.name}'"
                raise LabFailure(f"more than {most}, which is all one network holds: take fewer with --hosts")
            subnet.hosts += 1
            namespace = subnet.namespace
            third, fourth = divmod(13 + 3 * subnet.hosts, 256)
            ipv4 = f"{side.prefix}.{16 * subnet.number + third}.{fourth}"
            address6 = f"{side.prefix6}:{subnet.number:x}::{256 * third + fourth:x}"
        host = Host(name, namespace, ipv4, address6 if ipv6 else None, style)
        for address in host.addresses:
            self._path.add_route(address, route)
        return host

    def _subnet(self, side: _Side, system: HostSystem) -> _Subnet:
        """A namespace that answers for a /20 and a /64."""
        number = len(side.subnets) + 1
        place = _FIRST_SUBNET + number - 1
        namespace = self._attach(side, system, place)
        prefix, prefix6 = f"{side.prefix}.{16 * number}.0/20", f"{side.prefix6}:{number:x}::/64"
        namespace.ip(f"route add local {prefix} dev lo", f"route add local {prefix6} dev lo")
        # Unlike IPv4, IPv6 lets a program bind only to addresses it finds listed.
        namespace.set("ipv6/ip_nonlocal_bind", 1)
        side.middle.ip(
            f"route add {prefix} via {side.prefix}.0.{place} dev {side.bridge}",
            f"route add {prefix6} via {side.prefix6}::{place:x} dev {side.bridge}",
        )
        side.subnets[system] = _Subnet(number, namespace)
        return side.subnets[system]

    def _namespace(self) -> Namespace:
        namespace = Namespace()
        namespace.set("ipv6/conf/default/accept_dad", 0)
        namespace.set("ipv6/conf/default/router_solicitations", 0)
        self._namespaces.append(namespace)
        return namespace

    def _attach(self, side: _Side, system: HostSystem, place: int) -> Namespace:
        """A new namespace on the side's wire."""
        namespace = self._namespace()
        number = len(self._namespaces)
        port, mac = f"port{number}", f"00:00:5e:00:53:{number:02x}"
        side.middle.ip(
            f"link add {port} type veth peer name eth0 address {mac} netns OTHER",
            f"link set {port} master {side.bridge} up",
            other=namespace,
        )
        gateway, gateway6 = side.gateways()
        namespace.ip(
            f"link set eth0 mtu {system.mtu}",
            f"addr add {side.prefix}.0.{place}/24 dev eth0",
            f"addr add {side.prefix6}::{place:x}/64 dev eth0 nodad",
            "link set eth0 up",
            f"route add 0.0.0.0/0 via {gateway} window {system.largest_window}",
            f"route add ::/0 via {gateway6} window {system.largest_window}",
        )
        _switch_off_offloads(side.middle, port)
        _switch_off_offloads(namespace, "eth0")
        system.apply(namespace, "eth0")
        return namespace


def _set_up_middle(side: _Side, tunnel: str) -> None:
    """The router or the backbone: a bridge to its hosts, everything else through the tunnel; forwards packets."""
    gateway, gateway6 = side.gateways()
    side.middle.ip(
        f"link add {side.bridge} address {_ROUTER_MAC} type bridge",
        f"link set {side.bridge} up",
        f"link set {tunnel} up",
        f"addr add {gateway}/24 dev {side.bridge}",
        f"addr add {gateway6}/64 dev {side.bridge} nodad",
        f"route add 0.0.0.0/0 dev {tunnel}",
        f"route add ::/0 dev {tunnel}",
    )
    side.middle.set("ipv4/ip_forward", 1)
    side.middle.set("ipv6/conf/all/forwarding", 1)


def _switch_off_offloads(namespace: Namespace, device: str) -> None:
    """Offloads off: frames in the capture are those of the wire, with real checksums."""
    namespace.command(["ethtool", "-K", device, *(word for name in _OFFLOADS for word in (name, "off"))])
