# SPDX-License-Identifier: Apache-2.0
"""What a run needs of the machine, and one sentence when it is missing."""

import os
import shutil
import sys
from collections.abc import Mapping

# Program: Debian package
_OF_EACH_RUN = {"ip": "iproute2", "ethtool": "ethtool", "tcpdump": "tcpdump", "openssl": "openssl"}
_FOLDERS_OF_ROOT = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def missing(programs: Mapping[str, str]) -> str | None:
    """A sentence, or None when all is there. `programs`: those of the scenario's activities, by package."""
    if sys.platform != "linux":
        return "needs Linux (network namespaces)"
    if os.geteuid() != 0:
        return "needs root to make network namespaces and to capture in them; run it with sudo"
    if not os.path.exists("/dev/net/tun"):
        return "needs the device /dev/net/tun for the way between its hosts; this kernel or container has none"
    _find_programs_of_root()
    wanted = _OF_EACH_RUN | dict(programs)
    absent = sorted(program for program in wanted if not shutil.which(program))
    if absent:
        names = ", ".join(f"'{program}'" for program in absent)
        packages = " ".join(sorted({wanted[program] for program in absent}))
        return (
            f"needs {names}; install with: apt-get install --no-install-recommends {packages} "
            "(or run a scenario that does without, see --list)"
        )
    return None


def _find_programs_of_root() -> None:
    """Daemons are in folders that su(1) and some sudoers leave out of the path."""
    known = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join(known + [folder for folder in _FOLDERS_OF_ROOT if folder not in known])
