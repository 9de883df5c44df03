# SPDX-License-Identifier: Apache-2.0
"""The one place that runs tshark: a capture file -> the asked fields of each frame, as text."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

# Each frame for itself, numbers as they stand in the header, and no preferences of this user.
PREFERENCES = (
    "ip.defragment:FALSE",
    "ipv6.defragment:FALSE",
    "tcp.desegment_tcp_streams:FALSE",
    "tcp.relative_sequence_numbers:FALSE",
)
NOWHERE = "/nonexistent"


def rows(capture: Path, fields: Sequence[str]) -> Iterator[list[str]]:
    """One list of values a frame; a field met several times in a frame joins them by commas.

    Reads .pcap, .pcapng, .gz and .zst. A file that ends within a record gives the frames before it.
    """
    command = ["tshark", "-n", "-r", str(capture), "-T", "fields"]
    for preference in PREFERENCES:
        command += ["-o", preference]
    for field in fields:
        command += ["-e", field]
    environment = os.environ | {"WIRESHARK_CONFIG_DIR": NOWHERE, "LC_ALL": "C"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield line.rstrip("\n").split("\t")
