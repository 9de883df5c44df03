# SPDX-License-Identifier: Apache-2.0
"""tcpdump on the router, from before the first SYN to after the last FIN."""

import asyncio
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.failure import LabFailure
from lab.namespace import Namespace

# Ethernet 14 + IPv6 40 + longest TCP header 60 fit well; the header cut takes the rest off.
_SNAP_LENGTH = 192
_BUFFER_KIB = 65536


@dataclass(frozen=True)
class Loss:
    """What tcpdump saw, and what the kernel dropped before it."""

    captured: int = 0
    dropped: int = 0


class Capture:
    def __init__(self, router: Namespace, interface: str, file: Path, full: bool) -> None:
        """`full`: whole frames."""
        self.file = file
        command = ["tcpdump", "-i", interface, "-n", "-s", "0" if full else str(_SNAP_LENGTH), "-B", str(_BUFFER_KIB)]
        command += ["-Z", "root", "--time-stamp-precision=nano", "-w", str(file), "tcp"]
        with router:
            self._tcpdump = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        assert self._tcpdump.stderr
        said = self._tcpdump.stderr.readline()
        while said and "listening on" not in said:
            said = self._tcpdump.stderr.readline()
        if not said:
            raise LabFailure(f"tcpdump on '{interface}' ended with exit code {self._tcpdump.wait()}")

    @property
    def is_running(self) -> bool:
        return self._tcpdump.poll() is None

    async def stop(self) -> Loss:
        self._tcpdump.send_signal(signal.SIGINT)
        _, said = await asyncio.to_thread(self._tcpdump.communicate)
        counts = {what: int(number) for number, what in re.findall(r"(\d+) packets? (captured|dropped by kernel)", said)}
        if "captured" not in counts:
            raise LabFailure(f"tcpdump ended with '{said.strip()}'")
        return Loss(counts["captured"], counts.get("dropped by kernel", 0))
