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

from lab.certificate import Authority, client_tls
from lab.connection_log import ConnectionLog, LoggedConnection, Story
from lab.failure import LabFailure
from lab.network import Host, Network
from lab.socket_table import connections_to

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_END_OF_PROGRAM_S = 3.0
_CONNECT_S = 10.0


class Laboratory:
    def __init__(self, name: str, seed: int, folder: Path, authority: Authority) -> None:
        self.name, self.folder, self.authority = name, folder, authority
        self._seed = seed
        self.network = Network(self.random("internet"), folder)
        self.log = ConnectionLog()
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.Task] = set()
        self._programs: list[subprocess.Popen] = []

    def random(self, purpose: str) -> Random:
        """Same seed, same plan; one stream of numbers for each purpose."""
        return Random(f"{self._seed}/{self.name}/{purpose}")

    async def serve(self, host: Host, port: int, talk: Talk, tls: ssl.SSLContext | None = None) -> None:
        """Answers on each of the host's addresses."""
        families = [socket.AF_INET, socket.AF_INET6] if host.ipv6 else [socket.AF_INET]
        for family in families:
            with host.namespace:
                listener = socket.create_server((host.address(family), port), family=family)
            self._servers.append(await asyncio.start_server(self._guarded(talk), sock=listener, ssl=tls))

    def _guarded(self, talk: Talk) -> Talk:
        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            self._talks.add(task)
            try:
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                    await talk(reader, writer)
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
        server_name: str | None = None,
        tls: ssl.SSLContext | None = None,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A logged connection; TLS if a server name is given."""
        with client.namespace:
            sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        dialled = time.time()
        target = (server.address(family), port)
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(sock, target), _CONNECT_S)
        except (OSError, TimeoutError) as error:
            raise LabFailure(f"{client.name} could not reach {server.name} port {port}: {error}") from error
        entry = self.log.add((*sock.getsockname()[:2], *target), story, dialled)
        if server_name and not tls:
            tls = client_tls(self.authority.root)
        reader, writer = await asyncio.open_connection(sock=sock, ssl=tls, server_hostname=server_name)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, TimeoutError, ssl.SSLError):
                await asyncio.wait_for(writer.wait_closed(), _END_OF_PROGRAM_S)
            entry.closed = time.time()

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

    async def start_logged(
        self, client: Host, command: Sequence[str], server: Host, port: int, story: Story, **options: Any
    ) -> tuple[subprocess.Popen, LoggedConnection]:
        """A client program that makes one connection, and that connection's entry in the log."""
        dialled = time.time()
        logged = {entry.tuple for entry in self.log.connections}
        program = self.start(client, command, **options)
        while time.time() < dialled + _CONNECT_S:
            new = connections_to(client.namespace, server.ipv4, port) - logged
            if new:
                return program, self.log.add(new.pop(), story, dialled)
            if program.poll() is not None:
                break
            await asyncio.sleep(0.05)
        raise LabFailure(f"'{command[0]}' on {client.name} did not connect to {server.name} port {port}")

    async def end(self, program: subprocess.Popen) -> None:
        program.terminate()
        deadline = time.monotonic() + _END_OF_PROGRAM_S
        while program.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        program.kill()
        program.wait()
        self._programs.remove(program)

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for task in list(self._talks):
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        for program in list(self._programs):
            await self.end(program)
        self.network.close()
