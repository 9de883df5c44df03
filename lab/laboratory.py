# SPDX-License-Identifier: Apache-2.0
"""One network at work: listening servers, dialled connections that are logged, real programs of Debian.

All of it runs in one event loop; `close` ends what is left. Clients end first, by cancellation, and say goodbye.
"""

import asyncio
import contextlib
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from lab.certificate import Authority
from lab.connection_log import ConnectionLog, LoggedConnection, Story
from lab.failure import LabFailure
from lab.network import Host, Network
from lab.shape import UNSHAPED, Shape, copy, shaped
from lab.socket_table import connections_to, is_listening

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

# How a peer's end, or one end of a lossy path, shows itself to a conversation; never an error of the lab.
ENDED = (ConnectionError, TimeoutError, asyncio.IncompleteReadError, ssl.SSLError)

_END_OF_PROGRAM_S = 3.0
_START_OF_PROGRAM_S = 20.0
_CONNECT_S = 20.0


class Laboratory:
    def __init__(self, seed: int, folder: Path, authority: Authority) -> None:
        self.folder, self.authority = folder, authority
        self._seed = seed
        self.network = Network(folder, self.random("internet"))
        self.log = ConnectionLog()
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.Task] = set()
        self._programs: list[subprocess.Popen] = []
        self._gateways: dict[str, Host] = {}

    def random(self, purpose: str) -> Random:
        """Same seed, same plan; one stream of numbers for each purpose."""
        return Random(f"{self._seed}/{purpose}")

    async def serve(
        self, host: Host, port: int, talk: Talk, *, tls: ssl.SSLContext | None = None, shape: Shape = UNSHAPED
    ) -> None:
        """Answers on each of the host's addresses."""
        families = [socket.AF_INET, socket.AF_INET6] if host.ipv6 else [socket.AF_INET]
        for family in families:
            with host.namespace:
                listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            host.style.apply(listener)
            listener.bind((host.address(family), port))
            listener.listen(512)
            listener.setblocking(False)
            guarded = self._guarded(talk, shape, f"{host.name} {port}")
            self._servers.append(await asyncio.start_server(guarded, sock=listener, ssl=tls))

    def _guarded(self, talk: Talk, shape: Shape, name: str) -> Talk:
        random = self.random(f"shape of {name}")

        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            self._talks.add(task)
            try:
                # A talk is cancelled by nobody but `close`; the stream's own callback would print that.
                with contextlib.suppress(*ENDED, asyncio.CancelledError):
                    async with shaped(reader, writer, shape, random) as (plain_reader, plain_writer):
                        await talk(plain_reader, plain_writer)
                        await close_gently(plain_writer, _END_OF_PROGRAM_S)
            finally:
                self._talks.discard(task)
                writer.close()

        return guarded

    @contextlib.asynccontextmanager
    async def dial(
        self,
        client: Host,
        server: Host,
        port: int,
        story: Story,
        *,
        tls: ssl.SSLContext | None = None,
        server_name: str | None = None,
        family: socket.AddressFamily = socket.AF_INET,
        shape: Shape = UNSHAPED,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A logged connection. ConnectionError or TimeoutError when the server is not reached."""
        sock = _bound_socket(client, family)
        dialled = time.time()
        target = (server.address(family), port)
        # Logged before it is known to succeed: its SYN is in the capture.
        entry = self.log.add((*sock.getsockname()[:2], *target), story, dialled)
        try:
            reader, writer = await _connected(sock, target, tls, server_name)
        except BaseException:
            sock.close()
            entry.closed = time.time()
            raise
        try:
            async with shaped(reader, writer, shape, self.random(f"shape of {entry.tuple}")) as ends:
                try:
                    yield ends
                finally:
                    await close_gently(ends[1], _END_OF_PROGRAM_S)
        finally:
            writer.close()
            entry.closed = time.time()

    async def relay(
        self,
        host: Host,
        port: int,
        relay_port: int,
        shape: Shape,
        outer: ssl.SSLContext | None = None,
        inner: ssl.SSLContext | None = None,
        name: str | None = None,
    ) -> None:
        """A second port of the host before another one. TLS: `outer` towards clients, `inner` towards that port."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with host.namespace:
                sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, (host.ipv4, port))
            server_name = name if inner else None
            inner_reader, inner_writer = await asyncio.open_connection(
                sock=sock, ssl=inner, server_hostname=server_name
            )
            up = asyncio.create_task(copy(reader, inner_writer))
            try:
                await copy(inner_reader, writer)
            finally:
                up.cancel()
                inner_writer.close()

        await self.serve(host, relay_port, talk, tls=outer, shape=shape)

    def start(self, host: Host, command: Sequence[str], **options: Any) -> subprocess.Popen:
        """A program in the host's namespace; its output is dropped unless `options` (of Popen) say otherwise."""
        streams: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        with host.namespace:
            program = subprocess.Popen(command, **(streams | options))
        self._programs.append(program)
        return program

    async def listening(self, host: Host, port: int, program: subprocess.Popen, name: str) -> None:
        """Returns once the program listens on the port of the host's IPv4 address."""
        deadline = time.monotonic() + _START_OF_PROGRAM_S
        while time.monotonic() < deadline and program.poll() is None:
            if is_listening(host.namespace, host.ipv4, port):
                return
            await asyncio.sleep(0.05)
        raise LabFailure(f"'{name}' on {host.name} does not listen on port {port}")

    async def start_logged(
        self, client: Host, command: Sequence[str], server: Host, port: int, story: Story, **options: Any
    ) -> tuple[subprocess.Popen, LoggedConnection]:
        """A client program that makes one connection, and that connection's entry in the log."""
        dialled = time.time()
        logged = {entry.tuple for entry in self.log.connections}
        program = self.start(client, command, **options)
        while time.time() < dialled + _CONNECT_S:
            new = {
                found
                for found in connections_to(client.namespace, server.ipv4, port) - logged
                if found[0] in client.addresses
            }
            if new:
                return program, self.log.add(new.pop(), story, dialled)
            if program.poll() is not None:
                break
            await asyncio.sleep(0.05)
        await self.end(program)
        raise ConnectionError(f"'{command[0]}' on {client.name} did not connect to {server.name} port {port}")

    async def end(self, program: subprocess.Popen) -> None:
        program.terminate()
        deadline = time.monotonic() + _END_OF_PROGRAM_S
        while program.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        program.kill()
        program.wait()
        if program in self._programs:
            self._programs.remove(program)

    async def close(self) -> str:
        """What the path between clients and servers counted, in one line."""
        for server in self._servers:
            server.close()
        for task in list(self._talks):
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await asyncio.gather(*(self.end(program) for program in list(self._programs)))
        return self.network.close()


def _bound_socket(client: Host, family: socket.AddressFamily) -> socket.socket:
    # asyncio sets TCP_NODELAY only on sockets whose protocol is named; accepted ones inherit the name.
    with client.namespace:
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setblocking(False)
    client.style.apply(sock)
    sock.bind((client.address(family), 0))
    return sock


async def _connected(
    sock: socket.socket, target: tuple[str, int], tls: ssl.SSLContext | None, server_name: str | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    # Not wait_for, whose task may be cancelled before it sends the SYN that has been logged.
    async with asyncio.timeout(_CONNECT_S):
        await asyncio.get_running_loop().sock_connect(sock, target)
    return await asyncio.open_connection(sock=sock, ssl=tls, server_hostname=server_name if tls else None)


async def close_gently(writer: asyncio.StreamWriter, within_s: float) -> None:
    """Waits for the end of TLS, if the other side says it in time."""
    writer.close()
    with contextlib.suppress(*ENDED):
        async with asyncio.timeout(within_s):
            await writer.wait_closed()
