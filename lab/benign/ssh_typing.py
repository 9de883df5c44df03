# SPDX-License-Identifier: Apache-2.0
"""Somebody types on a remote terminal: real ssh and sshd, keys at human gaps, output of a few lines after Enter."""

import asyncio
import os
import pty
import shutil
import subprocess
import time
from pathlib import Path

from lab import kernel
from lab.connection_log import BENIGN, Story
from lab.isolation import WORK
from lab.laboratory import Laboratory
from lab.network import Host

_PORT = 22
_STORY = Story(BENIGN, "ssh", "lab log: OpenSSH client typing on the lab's own sshd")
# Gaps between keys of one word are log-normal around a quarter of a second; between commands people read and think.
_KEY_MEDIAN_S, _KEY_SIGMA = 0.22, 0.5
_THINK_MEAN_S = 24
_COMMANDS = (
    "ls -l",
    "git status",
    "make -j2",
    "cd src",
    "less notes.txt",
    "ps aux",
    "tail log",
    "vi main.c",
    "df -h",
)

# Nobody gets a shell: what is typed is echoed by the terminal and answered with some lines.
_ANSWERING_MACHINE = """#!/bin/bash
while read -r words; do
  seq -f "line %g of the answer" 1 $((RANDOM % 14 + 1))
  printf '$ '
done
"""
_CONFIGURATION = """
Port {port}
ListenAddress {address}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/client_key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
ForceCommand {folder}/answer
"""


def start_ssh_server(lab: Laboratory, host: Host) -> None:
    folder = _folder(lab)
    folder.mkdir()
    for key in ("host_key", "client_key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(folder / key)], check=True
        )
    answer = folder / "answer"
    answer.write_text(_ANSWERING_MACHINE)
    answer.chmod(0o755)
    configuration = folder / "sshd_config"
    configuration.write_text(_CONFIGURATION.format(port=_PORT, address=host.ipv4, folder=folder))
    _let_root_log_in()
    Path("/run/sshd").mkdir(exist_ok=True)
    lab.start(host, [shutil.which("sshd") or "sshd", "-D", "-e", "-f", str(configuration)])


async def type_commands(lab: Laboratory, client: Host, server: Host) -> None:
    """Until cancelled; then the end of input is typed and the session closes."""
    random = lab.random(f"typing {client.name}")
    command = [
        "ssh",
        "-tt",
        "-F",
        "/dev/null",
        "-i",
        str(_folder(lab) / "client_key"),
        "-p",
        str(_PORT),
        "-l",
        "root",
    ]
    for option in (
        "BatchMode=yes",
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "LogLevel=ERROR",
    ):
        command += ["-o", option]
    keyboard, terminal = pty.openpty()
    os.set_blocking(keyboard, False)
    asyncio.get_running_loop().add_reader(keyboard, _discard, keyboard)
    streams = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
    program, entry = await lab.start_logged(client, [*command, server.ipv4], server, _PORT, _STORY, **streams)
    try:
        await asyncio.sleep(1.5)
        while True:
            for key in random.choice(_COMMANDS) + "\r":
                os.write(keyboard, key.encode())
                await asyncio.sleep(random.lognormvariate(0, _KEY_SIGMA) * _KEY_MEDIAN_S)
            await asyncio.sleep(random.expovariate(1 / _THINK_MEAN_S))
    finally:
        os.write(keyboard, b"\x15\x04")  # erase the line, end of input
        await asyncio.sleep(0.7)
        await lab.end(program)
        entry.closed = time.time()
        asyncio.get_running_loop().remove_reader(keyboard)
        os.close(keyboard)
        os.close(terminal)


def _folder(lab: Laboratory) -> Path:
    return lab.folder / "ssh"


def _let_root_log_in() -> None:
    """Root's password is locked on many systems, which sshd takes for a closed account; only the lab sees this file."""
    shadow = WORK / "shadow"
    if not shadow.exists():
        shadow.write_text("root:*:19000:0:99999:7:::\nsshd:*:19000::::::\n")
        shadow.chmod(0o600)
        kernel.mount_file_over(str(shadow), "/etc/shadow")


def _discard(keyboard: int) -> None:
    try:
        os.read(keyboard, 65536)
    except OSError:
        pass
