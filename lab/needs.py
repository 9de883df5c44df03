# SPDX-License-Identifier: Apache-2.0
"""What the lab needs of the machine, and one sentence when it is missing."""

import os
import shutil
import sys

# Program: Debian package
_PROGRAMS = {
    "ip": "iproute2",
    "ethtool": "ethtool",
    "tcpdump": "tcpdump",
    "openssl": "openssl",
    "zstd": "zstd",
    "nginx": "nginx-light",
    "mosquitto": "mosquitto",
    "mosquitto_pub": "mosquitto-clients",
    "mosquitto_sub": "mosquitto-clients",
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
}


def missing() -> str | None:
    """A sentence, or None when all is there."""
    if sys.platform != "linux":
        return "needs Linux (network namespaces)"
    if os.geteuid() != 0:
        return "needs root to make network namespaces and to capture in them; run it with sudo"
    if not os.path.exists("/dev/net/tun"):
        return "needs the device /dev/net/tun for the delay between its hosts; this kernel or container has none"
    absent = [program for program in _PROGRAMS if not shutil.which(program)]
    if absent:
        names = ", ".join(f"'{program}'" for program in absent)
        packages = " ".join(sorted({_PROGRAMS[program] for program in absent}))
        return f"needs {names}; install with: apt-get install --no-install-recommends {packages}"
    return None
