# SPDX-License-Identifier: Apache-2.0
"""Established TCP connections of a namespace, for programs that do not tell us their ports (/proc/net/tcp, proc(5))."""

import ipaddress
import struct

from lab.connection_log import Tuple
from lab.namespace import Namespace

_ESTABLISHED = "01"


def connections_to(namespace: Namespace, server: str, port: int) -> set[Tuple]:
    with namespace:
        lines = []
        for table in ("tcp", "tcp6"):
            with open(f"/proc/thread-self/net/{table}", encoding="ascii") as file:
                lines += file.readlines()[1:]
    found = set()
    for line in lines:
        _, local, remote, state = line.split()[:4]
        if state == _ESTABLISHED and _end(remote) == (server, port):
            found.add(_end(local) + (server, port))
    return found


def _end(text: str) -> tuple[str, int]:
    address, port = text.split(":")
    # The table prints the address as 32-bit words in the machine's byte order.
    words = struct.pack(f"={len(address) // 8}I", *(int(address[i : i + 8], 16) for i in range(0, len(address), 8)))
    return str(ipaddress.ip_address(words)), int(port, 16)
