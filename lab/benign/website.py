# SPDX-License-Identifier: Apache-2.0
"""A web site on a real nginx (HTTP/1.1 over TLS 1.3), and a browser-like visitor that loads pages of many objects."""

import asyncio
import socket
from dataclasses import dataclass
from random import Random

from lab.certificate import client_tls
from lab.connection_log import BENIGN, Story
from lab.failure import LabFailure
from lab.laboratory import Laboratory
from lab.network import Host

_PORT = 443
_OBJECTS = 40
# Bytes of an object: log-normal, as in the public page archives; the cap keeps samples small.
_MEDIAN_BYTES, _SIGMA, _LARGEST_BYTES = 3500, 1.1, 40000
# Browsers open up to 6 connections to a host and keep them for a while.
_CONNECTIONS = (2, 4)
_KEPT_OPEN_S = (2, 25)
_SERVER_KEEPS_S = 15
_STORY = Story(BENIGN, "web-tls", "lab log: visitor of the lab's own nginx site")

_CONFIGURATION = """
user root; worker_processes 1; daemon off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 256; }}
http {{
  access_log off; default_type application/octet-stream; keepalive_timeout {keep}; tcp_nodelay on;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    {listen}
    ssl_certificate {chain}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;
    root {folder}/objects;
  }}
}}
"""


@dataclass(frozen=True)
class Website:
    host: Host
    name: str


def open_website(lab: Laboratory, host: Host, name: str) -> Website:
    random = lab.random(name)
    folder = lab.folder / name
    objects = folder / "objects"
    objects.mkdir(parents=True)
    for number in range(_OBJECTS):
        length = min(_LARGEST_BYTES, int(random.lognormvariate(0, _SIGMA) * _MEDIAN_BYTES) + 60)
        (objects / str(number)).write_bytes(random.randbytes(length))
    certificate = lab.authority.certificate(name)
    listen = f"listen {host.ipv4}:{_PORT} ssl;" + (f" listen [{host.ipv6}]:{_PORT} ssl;" if host.ipv6 else "")
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder, listen=listen, chain=certificate.chain, key=certificate.key, keep=_SERVER_KEEPS_S
        )
    )
    lab.start(host, ["nginx", "-e", "stderr", "-c", str(configuration)])
    return Website(host, name)


async def browse(lab: Laboratory, client: Host, sites: list[Website], pause_s: tuple[float, float]) -> None:
    """A page, a pause, the next page, until cancelled. IPv6 where both ends have it."""
    random = lab.random(f"browse {client.name}")
    tls = client_tls(lab.authority.root, ["http/1.1"])
    while True:
        await asyncio.sleep(random.uniform(*pause_s) * 0.3)
        await visit(lab, client, random.choice(sites), random, tls)
        await asyncio.sleep(random.uniform(*pause_s) * 0.7)


async def visit(lab: Laboratory, client: Host, site: Website, random: Random, tls=None) -> None:
    """One page: its objects are shared out among a few connections, which then stay open for a while."""
    tls = tls or client_tls(lab.authority.root, ["http/1.1"])
    objects = random.sample(range(_OBJECTS), random.randrange(5, 13))
    count = random.randint(*_CONNECTIONS)
    cookie = "".join(random.choices("0123456789abcdef", k=random.randrange(20, 160)))
    async with asyncio.TaskGroup() as connections:
        for number in range(count):
            wanted = objects[number::count]
            connections.create_task(
                _load(lab, client, site, wanted, cookie, random, tls, delay=0.0 if number == 0 else 0.15)
            )


async def _load(
    lab, client: Host, site: Website, objects: list[int], cookie: str, random: Random, tls, delay: float
) -> None:
    await asyncio.sleep(delay * random.uniform(0.7, 1.6))
    family = socket.AF_INET6 if client.ipv6 and site.host.ipv6 else socket.AF_INET
    connection = lab.dial(client, site.host, _PORT, _STORY, server_name=site.name, tls=tls, family=family)
    async with connection as (reader, writer):
        for number in objects:
            writer.write(_request(site.name, number, cookie))
            await _read_answer(reader)
            await asyncio.sleep(random.expovariate(1 / 0.03))
        try:
            # The server closes after its own time, whichever is first.
            await asyncio.wait_for(reader.read(1), random.uniform(*_KEPT_OPEN_S))
        except TimeoutError:
            pass


def _request(host: str, number: int, cookie: str) -> bytes:
    lines = [
        f"GET /{number} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Accept: */*",
        "Accept-Language: en-US,en;q=0.5",
        "Accept-Encoding: gzip, deflate, br, zstd",
        f"Referer: https://{host}/",
        f"Cookie: session={cookie}",
        "Connection: keep-alive",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def _read_answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    if not head.startswith("HTTP/1.1 200"):
        raise LabFailure(f"the lab's web server answered '{head.splitlines()[0]}'")
    length = next(line for line in head.split("\r\n") if line.lower().startswith("content-length"))
    await reader.readexactly(int(length.split(":")[1]))
