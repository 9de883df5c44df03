# SPDX-License-Identifier: Apache-2.0
"""What ndpiReader, a deep packet inspection that reads payload, names of the lab's miners."""

import collections
import csv
import shutil
import subprocess
import tempfile
from pathlib import Path

from markdown import row, share, table


def ndpi_flows(capture: Path) -> dict[frozenset, str]:
    """Protocol by the two (address, port) ends, of TCP flows; those it cannot name are not told."""
    with tempfile.TemporaryDirectory() as folder:
        flows = Path(folder) / "flows.csv"
        command = ["ndpiReader", "-q", "-v0", "-i", str(capture), "-C", str(flows)]
        subprocess.run(command, check=True, capture_output=True)
        with open(flows, newline="", errors="replace") as file:
            return {ends(one["src_ip"], one["src_port"], one["dst_ip"], one["dst_port"]): one["ndpi_proto"]
                    for one in csv.DictReader(file) if one["protocol"] == "6"}


def ends(src_ip: str, src_port: str, dst_ip: str, dst_port: str) -> frozenset:
    return frozenset({(src_ip, src_port), (dst_ip, dst_port)})


def ndpi_table(labels: Path) -> None:
    """Connections of the lab that it names Mining, by kind; full.pcap stands beside the labels."""
    capture = labels.parent / "full.pcap"
    if not shutil.which("ndpiReader") or not capture.exists():
        return print(f"ndpiReader: skipped; it needs Debian's libndpi-bin and full.pcap beside {labels.name}.")
    flows = ndpi_flows(capture)
    help_text = subprocess.run(["ndpiReader", "-h"], capture_output=True, text=True).stdout
    version = help_text.split("\n")[0].removeprefix("Welcome to ")
    counts: dict[tuple[str, str], list[int]] = collections.defaultdict(lambda: [0, 0])
    protocols: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    with open(labels, newline="") as file:
        for one in csv.DictReader(file):
            protocol = flows.get(ends(one["src_ip"], one["src_port"], one["dst_ip"], one["dst_port"]), "Unknown")
            for key in ((one["label"], ""), (one["label"], one["kind"])):
                counts[key][0] += "Mining" in protocol
                counts[key][1] += 1
            protocols[one["kind"]][protocol] += 1
    print(f"{version.strip()}, on whole frames of the lab: {share(*counts['mining', ''])} miners and "
          f"{share(*counts['benign', ''])} others named Mining.\n")
    table("kind of miner", "named Mining", "protocols")
    for (label, kind), count in sorted(counts.items()):
        if label == "mining" and kind:
            row(kind, share(*count), ", ".join(f"{name} {n}" for name, n in protocols[kind].most_common(3)))
