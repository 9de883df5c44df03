# SPDX-License-Identifier: Apache-2.0
"""One network namespace without a name: it vanishes when nobody holds it any more.

    with namespace:          # sockets, TUN devices and processes made here belong to it for good
        sock = socket.socket()

The block must not await: the calling thread is moved into the namespace and back.
"""

import os
import subprocess
from collections.abc import Sequence

from lab import kernel
from lab.failure import LabFailure

_CURRENT = "/proc/thread-self/ns/net"


class Namespace:
    def __init__(self) -> None:
        self._outer: list[int] = []
        home = os.open(_CURRENT, os.O_RDONLY)
        try:
            kernel.unshare(kernel.NEW_NETWORK_NAMESPACE)
            self.descriptor = os.open(_CURRENT, os.O_RDONLY)
        finally:
            kernel.enter_network_namespace(home)
            os.close(home)
        self.ip("link set lo up")

    def __enter__(self) -> "Namespace":
        self._outer.append(os.open(_CURRENT, os.O_RDONLY))
        kernel.enter_network_namespace(self.descriptor)
        return self

    def __exit__(self, *_exception: object) -> None:
        outer = self._outer.pop()
        kernel.enter_network_namespace(outer)
        os.close(outer)

    def ip(self, *lines: str, other: "Namespace | None" = None) -> None:
        """Runs lines of `ip -batch`; OTHER in a line stands for the namespace `other`."""
        descriptors = [other.descriptor] if other else []
        text = "\n".join(lines).replace("OTHER", f"/proc/self/fd/{descriptors[0]}" if descriptors else "OTHER")
        self.command(["ip", "-batch", "-"], text, descriptors)

    def command(self, words: Sequence[str], text: str = "", descriptors: Sequence[int] = ()) -> None:
        with self:
            done = subprocess.run(words, input=text, text=True, capture_output=True, pass_fds=tuple(descriptors))
        if done.returncode != 0:
            raise LabFailure(f"'{' '.join(words)}' failed: {done.stderr.strip() or done.stdout.strip()}")

    def set(self, setting: str, value: object) -> None:
        """A sysctl by its path below /proc/sys/net."""
        with self, open(f"/proc/sys/net/{setting}", "w", encoding="ascii") as file:
            file.write(str(value))

    def get(self, setting: str) -> str:
        with self, open(f"/proc/sys/net/{setting}", encoding="ascii") as file:
            return file.read().strip()

    def close(self) -> None:
        os.close(self.descriptor)
