# SPDX-License-Identifier: Apache-2.0
"""Runs the lab in PID, mount and network namespaces of its own, so that nothing can be left behind.

Whatever ends the lab (its own end, Ctrl-C, SIGTERM, even SIGKILL), the kernel kills every process of a PID namespace
together with the first one; network namespaces with all their devices, and the memory that hides /run and /var/log,
go with the last process that used them. Only what is written to the output folder stays.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from lab import kernel
from lab.failure import LabFailure

# Daemons write pid files, login records and logs there; the lab's own files, captures among them, live in WORK.
HIDDEN_FOLDERS = {Path("/run"): "75%", Path("/var/log"): "64m"}  # the most each may hold
WORK = Path("/run/kanaria-lab")

# Both ends of every emulated connection are the lab's: the usual 1024 end with a few hundred live ones.
_OPEN_FILES = 65536

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_isolated(body: Callable[[], int]) -> int:
    """Exit code of `body`, which runs as the first process of the new PID namespace with WORK as an empty folder."""
    try:
        kernel.unshare(kernel.NEW_PID_NAMESPACE)
    except OSError as error:
        raise LabFailure(f"needs the right to make namespaces (CAP_SYS_ADMIN): {error.strerror}") from None
    child = os.fork()
    if child == 0:
        try:
            os._exit(_first_process(body))
        except LabFailure as failure:
            print(f"lab/run: {failure}", file=sys.stderr)
            os._exit(1)
    for number in _FORWARDED:
        signal.signal(number, lambda received, _frame: _forward(child, received))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _first_process(body: Callable[[], int]) -> int:
    kernel.die_with_parent()
    kernel.allow_open_files(_OPEN_FILES)
    os.setsid()  # Ctrl-C reaches the lab once, through the parent, and its daemons not at all
    kernel.unshare(kernel.NEW_MOUNT_NAMESPACE | kernel.NEW_NETWORK_NAMESPACE)
    _keep_mounts_private()
    kernel.mount_own_proc()
    for folder, size in HIDDEN_FOLDERS.items():
        kernel.mount_memory_over(str(folder), size)
    WORK.mkdir()
    return body()


def _keep_mounts_private() -> None:
    try:
        kernel.make_mounts_private()
    except OSError as error:
        raise LabFailure(
            f"cannot keep its mounts to itself ({error.strerror}): in a chroot, the folder must be a mount point "
            "(mount --bind DIR DIR, then chroot DIR)"
        ) from None


def _forward(child: int, number: int) -> None:
    try:
        os.kill(child, number)
    except ProcessLookupError:
        pass
