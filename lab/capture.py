# SPDX-License-Identifier: Apache-2.0
"""tcpdump on the router, from before the first SYN to after the last FIN."""

import asyncio
import re
import signal
import subprocess
from pathlib import Path

from lab.failure import LabFailure
from lab.namespace import Namespace

# Ethernet 14 + IPv6 40 + longest TCP header 60 fit well; the header cut takes the rest off.
_SNAP_LENGTH = 192


class Capture:
    def __init__(self, router: Namespace, interface: str, file: Path) -> None:
        self.file = file
        command = ["tcpdump", "-i", interface, "-n", "-s", str(_SNAP_LENGTH), "-B", "8192", "-Z", "root"]
        command += ["--time-stamp-precision=nano", "--immediate-mode", "-w", str(file), "tcp"]
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

    async def stop(self) -> None:
        self._tcpdump.send_signal(signal.SIGINT)
        _, said = await asyncio.to_thread(self._tcpdump.communicate)
        dropped = re.search(r"(\d+) packets? dropped by kernel", said)
        if not dropped or int(dropped[1]) > 0:
            raise LabFailure(f"tcpdump lost packets ({said.strip()}); run the lab on a quieter machine")
