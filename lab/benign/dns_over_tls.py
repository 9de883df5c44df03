# SPDX-License-Identifier: Apache-2.0
"""A stub resolver that asks a real Unbound through TLS (RFC 7858): bursts of queries as pages and programs cause them.

Padding by draw, to 128 bytes as RFC 8467 asks, answers then to 468 by Unbound; A and AAAA together; the connection is
kept until either side finds it idle for too long.
"""

import asyncio
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign import dns_message as dns
from lab.benign.real_server import listen_addresses, own_folder, place_certificate, tls_environment
from lab.benign.words import word
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.rhythm import log_uniform

_PORT = 853
_DOMAINS = 300
_CONFIGURATION = """server:
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: "/dev/null"
  verbosity: 0
  num-threads: 1
  module-config: "iterator"
{interfaces}
  access-control: 0.0.0.0/0 allow
  access-control: ::/0 allow
  tls-service-key: "{key}"
  tls-service-pem: "{chain}"
  tls-port: {port}
  incoming-num-tcp: 1000
  tcp-idle-timeout: {idle_ms}
  edns-tcp-keepalive: yes
  edns-tcp-keepalive-timeout: {idle_ms}
  pad-responses: {pad}
  minimal-responses: yes
{zones}
remote-control:
  control-enable: no
"""


@dataclass(frozen=True)
class Resolver:
    domains: tuple[str, ...]


async def open_resolver(place: Place) -> Resolver:
    random, folder = place.random, own_folder(place, "unbound")
    certificate = place_certificate(place, folder)
    domains = tuple(f"{word(random)}{n}.{random.choice(('com', 'org', 'net', 'example'))}" for n in range(_DOMAINS))
    configuration = folder / "unbound.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder,
            interfaces="\n".join(f"  interface: {address}@{_PORT}" for address in listen_addresses(place)),
            key=certificate.key,
            chain=certificate.chain,
            port=_PORT,
            idle_ms=random.choice((10_000, 30_000, 30_000, 60_000, 120_000)),
            pad=random.choice(("yes", "yes", "no")),
            zones="\n".join(_zone(domain, random) for domain in domains),
        )
    )
    command = ["unbound", "-d", "-p", "-c", str(configuration)]
    await place.start(_PORT, command, tls=True, env=tls_environment(place, folder))
    return Resolver(domains)


def _zone(domain: str, random: Random) -> str:
    """Answers for a domain and all names in it."""
    records = [f"A 198.51.100.{random.randrange(256)}" for _ in range(random.choice((1, 1, 2, 4, 8)))]
    records += [f"AAAA 2001:db8::{random.randrange(65536):x}" for _ in range(random.choice((0, 1, 2, 4)))]
    records += [f"MX 10 mx{number}.{domain}" for number in range(random.randint(0, 3))]
    records += [f'TXT "{random.randbytes(random.randint(10, 110)).hex()}"' for _ in range(random.randint(0, 3))]
    lines = [f'  local-zone: "{domain}" redirect']
    return "\n".join(lines + [f"  local-data: '{domain} {record}'" for record in records])


@dataclass(frozen=True)
class _Habits:
    page_s: float
    names: int  # of a page
    block: int
    edns: bool
    keepalive: bool
    both: bool  # A and AAAA
    https: bool  # and the HTTPS record, as browsers do
    idle_s: float

    @staticmethod
    def drawn(random: Random) -> "_Habits":
        padded = random.random() < 0.6
        return _Habits(
            page_s=log_uniform(random, 3, 200),
            names=random.choice((1, 2, 6, 15)),
            block=128 if padded else 0,
            edns=padded or random.random() < 0.6,
            keepalive=random.random() < 0.5,
            both=random.random() < 0.8,
            https=random.random() < 0.3,
            idle_s=random.choice((5, 10, 20, 60, 300)),
        )


async def resolve(visit: Visit) -> None:
    """One connection after the other, each from the first query until it was idle for too long."""
    habits = _Habits.drawn(visit.random)
    wait_s = 0.0
    while True:
        await visit.pause(wait_s)
        async with visit.dial(_PORT, tls=True) as (reader, writer):
            wait_s = await _until_idle(visit, habits, reader, writer)


async def _until_idle(
    visit: Visit, habits: _Habits, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> float:
    """Seconds until the query that needs a new connection."""
    random, wait_s = visit.random, 0.0

    async def ask() -> None:
        nonlocal wait_s
        while True:
            for _ in range(1 + int(random.expovariate(1 / habits.names))):
                _ask_for_name(random.choice(visit.service.domains), habits, writer, random)
                await asyncio.sleep(random.expovariate(1 / 0.05))
            wait_s = random.expovariate(1 / habits.page_s)
            idle_s = min(wait_s, habits.idle_s)
            await visit.pause(idle_s)
            if wait_s > idle_s:
                wait_s -= idle_s
                return

    async def receive() -> None:
        try:
            while True:
                await dns.read_answer(reader)
        except asyncio.IncompleteReadError:
            pass  # the server found it idle

    await until_first(ask(), receive())
    return wait_s


def _ask_for_name(domain: str, habits: _Habits, writer: asyncio.StreamWriter, random: Random) -> None:
    name = random.choice(("", "www.", "cdn.", "api.", f"{random.getrandbits(32):x}.")) + domain
    types = [dns.A] if random.random() < 0.9 else [random.choice((dns.MX, dns.TXT, dns.NS))]
    types += [dns.AAAA] if habits.both and types == [dns.A] else []
    types += [dns.HTTPS] if habits.https else []
    for type_ in types:
        id_ = random.getrandbits(16)
        writer.write(dns.query(id_, name, type_, edns=habits.edns, keepalive=habits.keepalive, block=habits.block))


ACTIVITIES = (
    Activity(
        Story(BENIGN, "dns-over-tls", "lab log: stub resolver at the lab's own Unbound"),
        open_resolver,
        resolve,
        {"unbound": "unbound"},
    ),
)
