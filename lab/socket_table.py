# SPDX-License-Identifier: Apache-2.0
"""TCP sockets of a namespace, for programs that do not tell us their ports (/proc/net/tcp, proc(5))."""

import ipaddress
import struct
from collections.abc import Iterator

from lab.connection_log import Tuple
from lab.namespace import Namespace

_ESTABLISHED, _LISTEN = "01", "0A"
_ANY = ("0.0.0.0", "::")


def connections_to(namespace: Namespace, server: str, port: int) -> set[Tuple]:
    """Established ones."""
    sockets = _sockets(namespace, _ESTABLISHED)
    return {local + remote for local, remote in sockets if remote == (server, port)}


def is_listening(namespace: Namespace, address: str, port: int) -> bool:
    listening = {local for local, _ in _sockets(namespace, _LISTEN)}
    return any((own, port) in listening for own in (address, *_ANY))


def _sockets(namespace: Namespace, state: str) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    lines = []
    with namespace:
        for table in ("tcp", "tcp6"):
            with open(f"/proc/thread-self/net/{table}", encoding="ascii") as file:
                lines += file.readlines()[1:]
    for line in lines:
        _, local, remote, found_state = line.split()[:4]
        if found_state == state:
            yield _end(local), _end(remote)


def _end(text: str) -> tuple[str, int]:
    address, port = text.split(":")
    # The table prints the address as 32-bit words in the machine's byte order.
    words = struct.pack(f"={len(address) // 8}I", *(int(address[i : i + 8], 16) for i in range(0, len(address), 8)))
    return str(ipaddress.ip_address(words)), int(port, 16)
