# SPDX-License-Identifier: Apache-2.0
"""System calls Python 3.11 does not wrap. Constants: linux/sched.h, linux/mount.h, linux/prctl.h."""

import ctypes
import os
import resource
import signal

NEW_MOUNT_NAMESPACE = 0x00020000
NEW_PID_NAMESPACE = 0x20000000
NEW_NETWORK_NAMESPACE = 0x40000000

_MOUNT_RECURSIVE = 0x4000
_MOUNT_BIND = 0x1000
_MOUNT_PRIVATE = 0x40000
_SET_PARENT_DEATH_SIGNAL = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def unshare(namespaces: int) -> None:
    _checked(_libc.unshare(namespaces), "unshare")


def enter_network_namespace(descriptor: int) -> None:
    """Moves the calling thread only."""
    _checked(_libc.setns(descriptor, NEW_NETWORK_NAMESPACE), "setns")


def make_mounts_private() -> None:
    """OSError EINVAL where `/` is no mount point, as in a plain chroot."""
    _checked(_libc.mount(b"none", b"/", None, _MOUNT_RECURSIVE | _MOUNT_PRIVATE, None), "mount")


def mount_own_proc() -> None:
    """/proc of the PID namespace this process is in: programs look themselves up there."""
    _checked(_libc.mount(b"proc", b"/proc", b"proc", 0, None), "mount on /proc")


def mount_memory_over(folder: str, size: str) -> None:
    """At most `size` (tmpfs(5), such as 75%) of memory, taken as it is used."""
    options = f"size={size},mode=755".encode()
    _checked(_libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, options), f"mount on {folder}")


def mount_file_over(source: str, target: str) -> None:
    _checked(_libc.mount(source.encode(), target.encode(), None, _MOUNT_BIND, None), f"mount on {target}")


def allow_open_files(number: int) -> None:
    """For this process and those it starts; as many as the hard limit has where that cannot be raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for most in (max(hard, number), hard):
        try:
            return resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(number, most)), most))
        except (ValueError, OSError):
            continue


def open_files_left() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] - len(os.listdir("/proc/self/fd"))


def die_with_parent() -> None:
    _checked(_libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL), "prctl")
