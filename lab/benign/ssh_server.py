# SPDX-License-Identifier: Apache-2.0
"""A real sshd, what answers on it, and the command line of a real ssh client at a host's own address."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab import kernel
from lab.activity import Place, Visit
from lab.benign.real_server import listen_addresses, own_folder
from lab.benign.words import word
from lab.isolation import WORK
from lab.rhythm import log_uniform

PORT = 22
NEEDS = {"sshd": "openssh-server", "ssh": "openssh-client", "ssh-keygen": "openssh-client"}

_CIPHERS = (
    "chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr",
)  # fmt: skip
_CONFIGURATION = """Port {port}
{listen}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/client_key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
MaxStartups 1000
MaxSessions 100
ClientAliveInterval {alive}
ClientAliveCountMax 20
Subsystem sftp internal-sftp
ForceCommand {command}
"""
# Nobody gets a shell: what is typed is echoed by the terminal and answered with some lines. A "top" redraws a screen
# until a key is pressed, a "tail" adds a line now and then.
_ANSWERING_MACHINE = """#!/bin/bash
text='{text}'
line() {{ printf '%s\\n' "${{text:RANDOM % 300:RANDOM % {width} + 8}}"; }}
printf '{prompt}'
while read -r words; do
  case $words in
    top*) until read -t {redraw} -n 1 -r _; do printf '\\e[H'; for ((i = 0; i < {screen}; i++)); do line; done; done ;;
    tail*) until read -t $((RANDOM % {redraw} + 1)) -n 1 -r _; do line; done ;;
    *) for ((i = RANDOM % {lines}; i > 0; i--)); do line; done ;;
  esac
  printf '{prompt}'
done
"""


@dataclass(frozen=True)
class SshServer:
    folder: Path

    def client(self, visit: Visit, program: str = "ssh") -> list[str]:
        """Command line up to the destination: no configuration or known hosts of the machine are used."""
        random = visit.random
        command = [program, "-F", "/dev/null", "-i", str(self.folder / "client_key"), "-c", random.choice(_CIPHERS)]
        options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"]
        options += [f"BindAddress={visit.client.ipv4}", f"Compression={'yes' if random.random() < 0.15 else 'no'}"]
        return command + [word for option in options for word in ("-o", option)]


async def open_terminals(place: Place) -> SshServer:
    """Logins get the answering machine."""
    server = _with_keys(place)
    answer = server.folder / "answer"
    answer.write_text(_drawn_answers(place.random))
    answer.chmod(0o755)
    await _start(place, server, str(answer))
    return server


async def open_files(place: Place) -> SshServer:
    """Logins may only transfer files."""
    server = _with_keys(place)
    await _start(place, server, "internal-sftp")
    return server


def _with_keys(place: Place) -> SshServer:
    folder = own_folder(place, "ssh")
    host_key = place.random.choice(("ed25519", "ed25519", "rsa", "ecdsa"))
    for name, kind in (("host_key", host_key), ("client_key", "ed25519")):
        command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "lab", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    return SshServer(folder)


async def _start(place: Place, server: SshServer, command: str) -> None:
    _let_root_log_in()
    Path("/run/sshd").mkdir(exist_ok=True)
    listen = "\n".join(f"ListenAddress {address}" for address in listen_addresses(place))
    alive = place.random.choice((0, 0, 0, 30, 60, 120, 300))
    text = _CONFIGURATION.format(port=PORT, listen=listen, folder=server.folder, alive=alive, command=command)
    configuration = server.folder / "sshd_config"
    configuration.write_text(text)
    await place.start(PORT, [shutil.which("sshd") or "sshd", "-D", "-e", "-f", str(configuration)])


def _drawn_answers(random: Random) -> str:
    return _ANSWERING_MACHINE.format(
        text=" ".join(word(random) for _ in range(90)),
        width=random.choice((40, 80, 120)),
        screen=random.choice((24, 40, 60)),
        lines=round(log_uniform(random, 4, 60)),
        redraw=random.choice((1, 2, 3, 5)),
        prompt=random.choice(("$ ", "root@srv:~# ", "[admin@host-7 project]$ ")),
    )


def _let_root_log_in() -> None:
    """Root's password is locked on many systems, which sshd takes for a closed account; only the lab sees this file."""
    shadow = WORK / "shadow"
    if not shadow.exists():
        shadow.write_text("root:*:19000:0:99999:7:::\nsshd:*:19000::::::\n")
        shadow.chmod(0o600)
        kernel.mount_file_over(str(shadow), "/etc/shadow")
