# SPDX-License-Identifier: Apache-2.0
"""Somebody at a remote terminal, or somebody who left it open: real ssh and sshd.

Gaps between keys of one word are log-normal with a median of 0.1 to 0.4 s, as studies of typing have it (Dhakal et al.,
Observations on Typing from 136 Million Keystrokes, CHI 2018: mean 239 ms, SD 112 ms); between commands people think.
"""

import asyncio
import contextlib
import os
import pty
import subprocess
import time
from collections.abc import AsyncIterator

from lab.activity import Activity, Visit
from lab.benign.ssh_server import NEEDS, PORT, open_terminals
from lab.connection_log import BENIGN, Story
from lab.rhythm import log_uniform

_COMMANDS = (
    "ls -l", "git status", "make -j2", "cd src", "less notes.txt", "ps aux", "vi main.c", "df -h", "git log --oneline",
    "grep -rn pattern src | head", "systemctl status nginx", "cat /etc/hosts", "ls", "cd ..", "git diff",
)  # fmt: skip
_WATCHED = ("top", "tail -f /var/log/syslog")
_LOGIN_S = (1.0, 4.0)
_BYE_S = 0.7


class Terminal:
    """The keyboard of a running ssh."""

    def __init__(self, keyboard: int) -> None:
        self._keyboard = keyboard

    def press(self, keys: str) -> None:
        with contextlib.suppress(OSError):  # the other end is gone, or its buffer is full
            os.write(self._keyboard, keys.encode())


@contextlib.asynccontextmanager
async def _terminal(visit: Visit, options: list[str]) -> AsyncIterator[tuple[Terminal, subprocess.Popen]]:
    """Closes the session by an end of input."""
    keyboard, line = pty.openpty()
    os.set_blocking(keyboard, False)
    loop = asyncio.get_running_loop()
    loop.add_reader(keyboard, _discard, keyboard)
    command = [*visit.service.client(visit), "-tt", "-p", str(PORT), "-l", "root", *options, visit.place.host.ipv4]
    try:
        program, entry = await visit.run(command, PORT, stdin=line, stdout=line, stderr=line)
        terminal = Terminal(keyboard)
        try:
            await asyncio.sleep(visit.random.uniform(*_LOGIN_S))
            yield terminal, program
        finally:
            terminal.press("q\x15\x04")  # end what is watched, erase the line, end of input
            await asyncio.sleep(_BYE_S)
            await visit.lab.end(program)
            entry.closed = time.time()
    finally:
        loop.remove_reader(keyboard)
        os.close(keyboard)
        os.close(line)


async def type_commands(visit: Visit) -> None:
    random = visit.random
    key_s, spread, think_s = random.uniform(0.1, 0.4), random.uniform(0.2, 0.7), log_uniform(random, 4, 120)
    watches = random.choice((0.0, 0.05, 0.2))
    async with _terminal(visit, []) as (terminal, program):
        while program.poll() is None:
            command = random.choice(_WATCHED if random.random() < watches else _COMMANDS)
            for key in command + "\r":
                terminal.press(key)
                await visit.pause(random.lognormvariate(0, spread) * key_s)
            await visit.pause(random.expovariate(1 / think_s))
            if command in _WATCHED:
                await visit.pause(random.uniform(5, 90))
                terminal.press("q")


async def stay_logged_in(visit: Visit) -> None:
    """Asks the server at an interval whether it is there; somebody comes back for a command now and then."""
    random = visit.random
    interval_s = random.choice((10, 15, 20, 30, 30, 60, 60, 60, 120, 180, 240, 300))
    back_s = log_uniform(random, 120, 7200)
    async with _terminal(visit, ["-o", f"ServerAliveInterval={interval_s}"]) as (terminal, program):
        while program.poll() is None:
            for key in random.choice(_COMMANDS) + "\r":
                terminal.press(key)
                await visit.pause(random.lognormvariate(0, 0.4) * 0.2)
            await visit.pause(random.expovariate(1 / back_s))


def _discard(keyboard: int) -> None:
    try:
        os.read(keyboard, 65536)
    except OSError:
        pass


_EVIDENCE = "lab log: OpenSSH client {} the lab's own sshd"
ACTIVITIES = (
    Activity(Story(BENIGN, "ssh-typing", _EVIDENCE.format("typing on")), open_terminals, type_commands, NEEDS, False),
    Activity(
        Story(BENIGN, "ssh-keepalive", _EVIDENCE.format("left open on")), open_terminals, stay_logged_in, NEEDS, False
    ),
)
