# SPDX-License-Identifier: Apache-2.0
"""What real server programs need around them: a folder, addresses, a TLS configuration, a user, and local company.

Each server has a folder of its own below the lab's, which the program may fill; nothing is shared between two places.
"""

import asyncio
import contextlib
import os
import pwd
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from pathlib import Path

from lab.activity import Place
from lab.certificate import Certificate
from lab.laboratory import ENDED

_OPENSSL = """openssl_conf = start
[start]
ssl_conf = ssl
[ssl]
system_default = default
[default]
MaxProtocol = {newest}
CipherString = {ciphers}
"""


def own_folder(place: Place, software: str, user: str | None = None) -> Path:
    folder = place.lab.folder / f"{software}-{place.name}"
    folder.mkdir()
    if user:
        give_to(user, folder)
    return folder


def give_to(user: str, *files: Path) -> None:
    entry = pwd.getpwnam(user)
    for file in files:
        os.chown(file, entry.pw_uid, entry.pw_gid)


def as_user(user: str) -> list[str]:
    """Before a command: without root's rights, for programs that refuse them. The program dies with the lab's."""
    entry = pwd.getpwnam(user)
    return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


def listen_addresses(place: Place) -> tuple[str, ...]:
    return place.host.addresses


def place_certificate(place: Place, folder: Path, user: str | None = None) -> Certificate:
    """Copies in the server's own folder: some programs give up root's rights before they read them."""
    issued = place.lab.authority.certificate(place.name)
    certificate = Certificate(folder / "chain.pem", folder / "key.pem")
    certificate.chain.write_bytes(issued.chain.read_bytes())
    certificate.key.write_bytes(issued.key.read_bytes())
    certificate.key.chmod(0o600)
    if user:
        give_to(user, certificate.chain, certificate.key)
    return certificate


def tls_environment(place: Place, folder: Path) -> dict[str, str]:
    """Environment in which a program that uses OpenSSL agrees to what the place's TLS style says."""
    newest = "TLSv1.2" if place.tls_style.newest == ssl.TLSVersion.TLSv1_2 else "TLSv1.3"
    file = folder / "openssl.cnf"
    file.write_text(_OPENSSL.format(newest=newest, ciphers=place.tls_style.ciphers))
    return {**os.environ, "OPENSSL_CONF": str(file)}


@contextlib.asynccontextmanager
async def dial_locally(place: Place, port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection from the server's host to itself: not on any wire, so neither captured nor logged."""
    with place.host.namespace:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setblocking(False)
    sock.bind((place.host.ipv4, 0))
    await asyncio.get_running_loop().sock_connect(sock, (place.host.ipv4, port))
    reader, writer = await asyncio.open_connection(sock=sock)
    try:
        yield reader, writer
    finally:
        writer.close()


@dataclass(frozen=True)
class Company:
    """Others who use the same server, from where no router sees them; ends with the server."""

    task: asyncio.Task

    @staticmethod
    def of(act: Awaitable[None]) -> "Company":
        async def until_ended() -> None:
            with contextlib.suppress(*ENDED):
                await act

        return Company(asyncio.ensure_future(until_ended()))
