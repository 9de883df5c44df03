# SPDX-License-Identifier: Apache-2.0
"""What a scenario becomes under a seed: which hosts there are, how they are connected, and who does what.

Same scenario, seed and number of hosts: same plan. Times and ephemeral ports of a run are the kernel's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from lab.activity import Activity
from lab.host_system import CLIENT_SYSTEMS, SERVER_SYSTEMS, HostSystem, SocketStyle
from lab.internet_path import Route
from lab.rhythm import log_uniform
from lab.scenario import Scenario, Traffic

_IPV6_CLIENTS, _IPV6_SERVERS = 0.4, 0.5
# Round trips between 1 and 300 ms: the client's access and the server's distance together.
_ACCESS_MS, _DISTANCE_MS = (0.3, 25.0), (1.0, 270.0)


@dataclass(frozen=True)
class PlannedHost:
    name: str
    system: HostSystem
    route: Route
    ipv6: bool
    style: SocketStyle
    own_namespace: bool = False


@dataclass(frozen=True)
class Session:
    """One client that does one thing, again and again if the traffic says so."""

    traffic: int
    client: int
    number: int  # of the session within its traffic
    start_s: float


@dataclass(frozen=True)
class Plan:
    clients: tuple[PlannedHost, ...]
    servers: tuple[tuple[PlannedHost, ...], ...]  # by traffic
    sessions: tuple[Session, ...]


def make_plan(scenario: Scenario, activities: Mapping[str, Activity], seed: int, hosts: int) -> Plan:
    """`hosts`: the scenario's own number or another, to which the numbers of clients are scaled."""
    random = Random(f"{seed}/plan")
    clients = [_client(f"host{number:04}", random) for number in range(1, hosts + 1)]
    browsers = _own_namespaces(scenario, activities, hosts)
    for number in range(browsers):
        clients[number] = _with_own_namespace(clients[number])
    servers, sessions = [], []
    for index, traffic in enumerate(scenario.traffic):
        draw = Random(f"{seed}/plan/{index}/{traffic.activity}")
        servers.append(tuple(_server(f"{traffic.activity}-{index + 1}-{n + 1}", draw) for n in range(traffic.servers)))
        choice = range(browsers) if activities[traffic.activity].own_namespace else range(hosts)
        wanted = _scaled(traffic, scenario, hosts)
        for number, client in enumerate(draw.sample(choice, min(wanted, len(choice)))):
            sessions.append(Session(index, client, number, draw.uniform(*traffic.start_s)))
    return Plan(tuple(clients), tuple(servers), tuple(sessions))


def _scaled(traffic: Traffic, scenario: Scenario, hosts: int) -> int:
    return max(1, round(traffic.clients * hosts / scenario.hosts))


def _own_namespaces(scenario: Scenario, activities: Mapping[str, Activity], hosts: int) -> int:
    wanted = [_scaled(t, scenario, hosts) for t in scenario.traffic if activities[t.activity].own_namespace]
    return min(hosts, max(wanted, default=0))


def _client(name: str, random: Random) -> PlannedHost:
    system = _one_of(CLIENT_SYSTEMS, random)
    access = Route(
        round_trip_s=log_uniform(random, *_ACCESS_MS) / 1000,
        jitter_s=random.expovariate(1 / 0.001),
        hops=0,
        loss=random.choice((0.0, 0.0, 0.0, 0.0005, 0.003)),
        rate_kbit=random.choice((0, 0, 0, 100_000, 20_000, 6_000)),
    )
    return PlannedHost(name, system, access, random.random() < _IPV6_CLIENTS, SocketStyle.drawn(system, random))


def _with_own_namespace(host: PlannedHost) -> PlannedHost:
    return PlannedHost(host.name, host.system, host.route, host.ipv6, SocketStyle(), own_namespace=True)


def _server(name: str, random: Random) -> PlannedHost:
    system = _one_of(SERVER_SYSTEMS, random)
    route = Route(
        round_trip_s=log_uniform(random, *_DISTANCE_MS) / 1000,
        jitter_s=random.expovariate(1 / 0.0008),
        hops=random.randint(3, 22),
        loss=random.choice((0.0, 0.0, 0.0, 0.001, 0.008)),
        rate_kbit=random.choice((0, 0, 0, 50_000)),
    )
    return PlannedHost(name, system, route, random.random() < _IPV6_SERVERS, SocketStyle.drawn(system, random))


def _one_of(systems: Mapping[HostSystem, int], random: Random) -> HostSystem:
    return random.choices(list(systems), list(systems.values()))[0]
