# SPDX-License-Identifier: Apache-2.0
"""One kind of traffic: what its servers do, and what one client does with them.

A module of miners/ or benign/ describes each kind it knows as an `Activity`; activities.py knows them all by name.

    async def open_ticker(place: Place) -> Market:         # once for each server; what it returns is `visit.service`
        market = Market(place.random)
        await place.serve(443, market.talk, tls=True)
        return market

    async def watch_ticker(visit: Visit) -> None:          # once for each visit, until cancelled or done
        async with visit.dial(443, tls=True) as (reader, writer):
            ...
            await visit.pause(3.0)

Parameters (sizes, periods, hash rates) are drawn from `place.random` for what all clients of a server share, and from
`visit.random` for the client's own: a kind with one set of numbers teaches a detector that set.
"""

import asyncio
import contextlib
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from lab.certificate import TlsStyle, client_tls, server_tls
from lab.connection_log import LoggedConnection, Story
from lab.laboratory import Laboratory, Talk, close_gently
from lab.namespace import Namespace
from lab.network import Host
from lab.shape import UNSHAPED, Shape, copy

# Where relays before a place's own ports listen.
_RELAY_PORTS = (443, 8443, 993, 9443, 4433)
_GOODBYE_S = 2.0


@dataclass(frozen=True)
class Activity:
    """`needs`: programs beyond those each run needs, by their Debian package."""

    story: Story
    open: Callable[["Place"], Awaitable[Any]]
    use: Callable[["Visit"], Awaitable[None]]
    needs: Mapping[str, str] = field(default_factory=dict)
    # False where the client is a program of its own, whose bytes no shape reaches.
    shapeable: bool = True
    # The client's programs cannot be told their address.
    own_namespace: bool = False


class Place:
    """One server of an activity: a host, its name, and how it speaks TLS."""

    def __init__(self, lab: Laboratory, host: Host, name: str, shape: Shape = UNSHAPED) -> None:
        self.lab, self.host, self.name, self.shape = lab, host, name, shape
        self.random = lab.random(f"place {name}")
        self.tls_style = TlsStyle.drawn(self.random)
        self._relays: dict[int, int] = {}

    def tls(self, protocols: Sequence[str] = ()) -> ssl.SSLContext:
        """A server's context with the place's own certificate; `protocols` for ALPN."""
        return server_tls(self.lab.authority.certificate(self.name), self.tls_style, protocols)

    async def serve(self, port: int, talk: Talk, *, tls: bool = False, protocols: Sequence[str] = ()) -> None:
        """Each connection to the port is a call of `talk`, which may simply return or raise ConnectionError."""
        context = self.tls(protocols) if tls else None
        await self.lab.serve(self.host, port, talk, tls=context, shape=self.shape)
        if self.shape.tunnel:
            await self._put_before(port, self.tls(), None)

    async def start(
        self, port: int, command: Sequence[str], *, tls: bool = False, **options: Any
    ) -> subprocess.Popen:
        """A real server program; returns once it listens on the port. `tls`: it speaks TLS there."""
        program = self.lab.start(self.host, command, **options)
        await self.lab.listening(self.host, port, program, command[0])
        if self.shape.tunnel:
            await self._put_before(port, self.tls(), None)
        elif self.shape.framed:
            # Frames are inside TLS, so the relay ends the client's and opens one of its own.
            inner = client_tls(self.lab.authority.root) if tls else None
            await self._put_before(port, self.tls() if tls else None, inner)
        return program

    async def _put_before(self, port: int, outer: ssl.SSLContext | None, inner: ssl.SSLContext | None) -> None:
        taken = (port, *self._relays.values())
        self._relays[port] = next(other for other in _RELAY_PORTS if other not in taken)
        await self.lab.relay(self.host, port, self._relays[port], self.shape, outer, inner, self.name)

    def dialled_port(self, port: int) -> int:
        """The port a client dials: a relay's, where there is one."""
        return self._relays.get(port, port)


@dataclass
class Visit:
    """One client at one of an activity's servers."""

    client: Host
    place: Place
    story: Story
    random: Random
    service: Any = None
    # All servers of the same traffic, this one first: where a client turns to when a server fails.
    places: Sequence[Place] = ()
    services: Sequence[Any] = ()
    slowness: float = 1.0
    end: float = float("inf")  # loop time

    @property
    def lab(self) -> Laboratory:
        return self.place.lab

    @property
    def family(self) -> socket.AddressFamily:
        """IPv6 where both ends have it."""
        return socket.AF_INET6 if self.client.ipv6 and self.place.host.ipv6 else socket.AF_INET

    def dial(
        self,
        port: int,
        *,
        tls: bool | ssl.SSLContext = False,
        protocols: Sequence[str] = (),
        place: Place | None = None,
        story: Story | None = None,
    ) -> contextlib.AbstractAsyncContextManager[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A logged connection to the visit's place, or to another one."""
        to = place or self.place
        context = client_tls(self.lab.authority.root, protocols) if tls is True else tls or None
        outer = client_tls(self.lab.authority.root) if to.shape.tunnel else context
        dialled = self.lab.dial(
            self.client,
            to.host,
            to.dialled_port(port),
            story or self.story,
            tls=outer,
            server_name=to.name,
            family=self.family if to.host.ipv6 else socket.AF_INET,
            shape=to.shape,
        )
        return _secured(dialled, context, to.name, self.client.namespace) if to.shape.tunnel and context else dialled

    async def run(
        self, command: Sequence[str], port: int, **options: Any
    ) -> tuple[subprocess.Popen, LoggedConnection]:
        """A real client program that makes one connection to the port. IPv4: `place.host.ipv4` is its target."""
        return await self.lab.start_logged(self.client, command, self.place.host, port, self.story, **options)

    def claim(self, port: int, story: Story | None = None) -> None:
        """All connections of the client to the port are of this story, for programs that make many of them."""
        self.lab.log.claim(self.client, self.place.host, port, story or self.story)

    async def pause(self, seconds: float) -> None:
        """A wait of the client's own making; a slow client stretches it."""
        await asyncio.sleep(seconds * self.slowness)


@contextlib.asynccontextmanager
async def _secured(
    tunnel: contextlib.AbstractAsyncContextManager[tuple[asyncio.StreamReader, asyncio.StreamWriter]],
    context: ssl.SSLContext,
    name: str,
    namespace: Namespace,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """TLS inside of the tunnel's, as a program has it that dials a tunnel's near end on its own machine."""
    program, near_end = _loopback_connection(namespace)
    async with tunnel as (outer_reader, outer_writer):
        inner_reader, inner_writer = await asyncio.open_connection(sock=near_end)
        copies = [
            asyncio.create_task(copy(inner_reader, outer_writer)),
            asyncio.create_task(copy(outer_reader, inner_writer)),
        ]
        try:
            reader, writer = await asyncio.open_connection(sock=program, ssl=context, server_hostname=name)
            try:
                yield reader, writer
            finally:
                await close_gently(writer, _GOODBYE_S)
        finally:
            for task in copies:
                task.cancel()
            inner_writer.close()


def _loopback_connection(namespace: Namespace) -> tuple[socket.socket, socket.socket]:
    """Both ends of a TCP connection that no router sees."""
    with namespace, socket.create_server(("127.0.0.1", 0)) as listener:
        dialled = socket.create_connection(listener.getsockname())
        return dialled, listener.accept()[0]
