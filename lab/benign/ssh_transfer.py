# SPDX-License-Identifier: Apache-2.0
"""Files copied now and then through one real sftp session (draft-ietf-secsh-filexfer-02, as OpenSSH speaks it).

Sizes are log-uniform from 1 KB to 4 MB; uploads and downloads in the proportion of the client's own draw.
"""

import asyncio
import subprocess
import time

from lab.activity import Activity, Place, Visit
from lab.benign.ssh_server import NEEDS, PORT, SshServer, open_files
from lab.connection_log import BENIGN, Story
from lab.rhythm import MACHINE_FORMS, Rhythm, log_uniform

_FILES = 12
_BYTES = (1_000, 4_000_000)


async def open_store(place: Place) -> SshServer:
    server = await open_files(place)
    for number in range(_FILES):
        with (server.folder / f"file{number}").open("wb") as file:
            file.truncate(int(log_uniform(place.random, *_BYTES)))
    return server


async def transfer(visit: Visit) -> None:
    random, folder = visit.random, visit.service.folder
    rhythm, uploads = Rhythm.drawn(random, (5, 300), MACHINE_FORMS), random.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    interval_s = random.choice((0, 0, 30, 60, 120))
    command = [*visit.service.client(visit, "sftp"), "-q", "-P", str(PORT), "-o", f"ServerAliveInterval={interval_s}"]
    command += ["-b", "-", f"root@{visit.place.host.ipv4}"]
    program, entry = await visit.run(command, PORT, stdin=subprocess.PIPE)
    assert program.stdin
    try:
        while program.poll() is None:
            file = folder / f"file{random.randrange(_FILES)}"
            kind = "put" if random.random() < uploads else "get"
            program.stdin.write(f"-{kind} {file} /dev/null\n".encode())
            program.stdin.flush()
            await visit.pause(rhythm.gap())
    except BrokenPipeError as ended:
        raise ConnectionError("sftp ended") from ended
    finally:
        _close_input(program)
        await asyncio.sleep(0.5)
        await visit.lab.end(program)
        entry.closed = time.time()


def _close_input(program: subprocess.Popen) -> None:
    """Which ends the session."""
    try:
        assert program.stdin
        program.stdin.close()
    except BrokenPipeError:
        pass


ACTIVITIES = (
    Activity(
        Story(BENIGN, "ssh-transfer", "lab log: OpenSSH sftp at the lab's own sshd"),
        open_store,
        transfer,
        {**NEEDS, "sftp": "openssh-client"},
        shapeable=False,
    ),
)
