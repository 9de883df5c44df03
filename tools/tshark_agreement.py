#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds kanaria's decoder against tshark: addresses, TTL, id, DF, MF, fragment offset, ports,
flags, window and payload length of each frame, and whether it is a TCP packet at all.

Read are samples/*.pcap*, the made-up captures of tests/reference, the FILEs given, and with
`--corpus` captures of the folder that KANARIA_CORPUS names, spread over all its sources. Each
difference must fall under a rule of RULES; one that does not makes exit code 1. Frames with more
than one TCP header, or one that an ICMP message quotes, are not compared: it is open which one
counts.
"""

import argparse
import ipaddress
import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "reference"))

import corpus  # noqa: E402
import frames  # noqa: E402
import link_frames  # noqa: E402
import tshark  # noqa: E402

MOST_SHOWN = 20
WORKERS = 2
FIELDS = (
    "frame.number",
    "frame.len",
    "frame.cap_len",
    "frame.protocols",
    "ip.version",
    "ip.src",
    "ip.dst",
    "ip.ttl",
    "ip.id",
    "ip.flags.df",
    "ip.flags.mf",
    "ip.frag_offset",
    "ip.len",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.hlim",
    "ipv6.plen",
    "ipv6.fraghdr.ident",
    "ipv6.fraghdr.more",
    "ipv6.fraghdr.offset",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags",
    "tcp.window_size_value",
    "tcp.urgent_pointer",
    "tcp.hdr_len",
    "tcp.len",
)
VALUES = (
    "src",
    "dst",
    "ttl",
    "id",
    "df",
    "mf",
    "offset",
    "sport",
    "dport",
    "flags",
    "window",
    "payload",
)


@dataclass(frozen=True)
class Seen:
    """A frame as both programs see it."""

    row: dict[str, str]  # tshark's fields
    status: str  # kanaria's
    ours: dict[str, str]  # kanaria's values, empty unless TCP

    @property
    def protocols(self) -> list[str]:
        return self.row["frame.protocols"].split(":")

    @property
    def before_tcp(self) -> list[str]:
        protocols = self.protocols
        return protocols[: protocols.index("tcp")] if "tcp" in protocols else protocols

    @property
    def is_comparable(self) -> bool:
        return self.protocols.count("tcp") <= 1 and not {"icmp", "icmpv6"} & set(self.before_tcp)

    @property
    def theirs(self) -> dict[str, str]:
        """tshark's values under our names, empty when it finds no TCP; '' is one not given."""
        if "tcp" not in self.protocols:
            return {}
        row = {name: value.rpartition(",")[2] for name, value in self.row.items()}
        is_ipv6 = [name for name in self.before_tcp if name in ("ip", "ipv6")][-1:] == ["ipv6"]
        if is_ipv6:
            ip = [
                row["ipv6.src"],
                row["ipv6.dst"],
                row["ipv6.hlim"],
                number(row["ipv6.fraghdr.ident"] or "0"),
                "0",
                row["ipv6.fraghdr.more"] or "0",
                row["ipv6.fraghdr.offset"] or "0",
            ]
        else:
            ip = [
                row["ip.src"],
                row["ip.dst"],
                row["ip.ttl"],
                number(row["ip.id"]),
                row["ip.flags.df"],
                row["ip.flags.mf"],
                row["ip.frag_offset"],
            ]
        tcp = [row["tcp.srcport"], row["tcp.dstport"], number(row["tcp.flags"])]
        return dict(zip(VALUES, ip + tcp + [row["tcp.window_size_value"], row["tcp.len"]]))

    @property
    def differing(self) -> set[str]:
        theirs = self.theirs
        if not theirs and not self.ours:
            return set()
        if not theirs or not self.ours:
            return {"tcp"}
        return {name for name in VALUES if theirs[name] != self.ours[name]}


def number(text: str) -> str:
    return str(int(text, 0)) if text else ""


def is_length_believed(seen: Seen) -> bool:
    """Only the payload lengths differ, and kanaria's is what the IP length leaves."""
    if seen.differing != {"payload"} or seen.ours["mf"] == "1":
        return False
    believed = int(seen.ours["payload"]) + int(seen.row["tcp.hdr_len"])
    is_ipv6 = seen.before_tcp[-1].startswith("ipv6")
    written = seen.row["ipv6.plen" if is_ipv6 else "ip.len"].rpartition(",")[2]
    least_before_tcp = 0 if is_ipv6 else 20
    payload = seen.theirs["payload"]
    return int(written) >= believed + least_before_tcp and int(payload or -1) < int(
        seen.ours["payload"]
    )


def has_layer(seen: Seen, *names: str) -> bool:
    return bool(set(names) & set(seen.before_tcp))


@dataclass(frozen=True)
class Rule:
    name: str
    sentence: str
    fits: Callable[[Seen], bool]


RULES = (
    Rule(
        "first fragment",
        "tshark gives no payload length without reassembly; kanaria goes by the IP length",
        lambda s: s.differing == {"payload"}
        and s.ours["mf"] == "1"
        and s.theirs["payload"] == "",
    ),
    Rule(
        "IP length beyond outer length",
        "tshark goes by what the tunnel or the PPPoE length leaves; kanaria believes the IP length",
        lambda s: is_length_believed(s)
        and (has_layer(s, "pppoes", "udp", "gre") or len({"ip", "ipv6"} & set(s.before_tcp)) > 1),
    ),
    Rule(
        "IP length beyond frame",
        "tshark goes by what the frame holds; kanaria believes the IP length",
        is_length_believed,
    ),
    Rule(
        "IPv6 payload length 0",
        "no payload for tshark; segmentation offload for kanaria",
        lambda s: s.status == "tcp" and s.row["ipv6.plen"].rpartition(",")[2] == "0",
    ),
    Rule(
        "TCP header cut",
        "tshark shows the fields before the cut; kanaria wants 20 bytes",
        lambda s: s.status == "cut_in_tcp" and s.row["tcp.urgent_pointer"] == "",
    ),
    Rule(
        "TCP header damaged",
        "shorter than 20 bytes or longer than the IP packet: no TCP packet for kanaria",
        lambda s: s.status == "bad_tcp"
        and (int(s.row["tcp.hdr_len"] or 0) < 20 or s.row["tcp.len"] == ""),
    ),
    Rule(
        "tunnel left alone",
        "Teredo is not among the tunnels kanaria looks into",
        lambda s: s.status == "not_tcp" and has_layer(s, "teredo"),
    ),
    Rule(
        "tunnel of unknown version",
        "GRE and Geneve of another version, VXLAN without its I flag: tshark reads on",
        lambda s: s.status == "unknown_tunnel" and has_layer(s, "gre", "geneve", "vxlan"),
    ),
    Rule(
        "too deep",
        "kanaria gives up behind 16 layers",
        lambda s: s.status == "too_deep"
        and sum(name not in ("ethertype", "eth") for name in s.before_tcp) >= 14,
    ),
    Rule(
        "IPv6 under IPv4's EtherType",
        "tshark goes by the version in the header; for kanaria the two contradict each other",
        lambda s: s.status == "bad_ip" and "6" in s.row["ip.version"].split(","),
    ),
    Rule(
        "IP in LLC without SNAP",
        "kanaria looks for IP behind SNAP only",
        lambda s: s.status == "not_ip" and s.before_tcp[-2:-1] == ["llc"],
    ),
    Rule(
        "pseudowire with a control word",
        "tshark guesses that there is none",
        lambda s: s.status == "tcp" and has_layer(s, "pwethheuristic"),
    ),
    Rule(
        "rare IPv6 extension header",
        "tshark stops at mobility, host identity and shim6 headers",
        lambda s: s.status == "tcp" and s.before_tcp[-1] in ("mipv6", "hip", "shim6"),
    ),
)


@dataclass
class Outcome:
    """What came of a file's frames."""

    name: str
    equal: int = 0
    left_out: int = 0
    classed: Counter[str] = field(default_factory=Counter)
    unclassed: list[str] = field(default_factory=list)

    @property
    def compared(self) -> int:
        return self.equal + self.classed.total() + len(self.unclassed)


def judge(seen: Seen, outcome: Outcome) -> None:
    if not seen.is_comparable:
        outcome.left_out += 1
        return
    differing = seen.differing
    if not differing:
        outcome.equal += 1
        return
    for rule in RULES:
        if rule.fits(seen):
            outcome.classed[rule.name] += 1
            return
    outcome.unclassed.append(f"frame {seen.row['frame.number']}: {sentence(seen, differing)}")


def sentence(seen: Seen, differing: set[str]) -> str:
    where = f"{seen.row['frame.protocols']} is {seen.status}"
    if differing == {"tcp"}:
        return f"{where} for kanaria, {'TCP' if seen.theirs else 'no TCP'} for tshark"
    values = (
        f"{name} {seen.ours[name]} for kanaria, {seen.theirs[name] or 'none'} for tshark"
        for name in VALUES
        if name in differing
    )
    return f"{where}; {'; '.join(values)}"


def canonical(row: dict[str, str]) -> dict[str, str]:
    """Addresses as RFC 5952 has them, which tshark's are already but for IPv4 within IPv6."""
    for name in ("ipv6.src", "ipv6.dst"):
        texts = row[name].split(",") if row[name] else []
        row[name] = ",".join(str(ipaddress.IPv6Address(text)) for text in texts)
    return row


@dataclass(frozen=True)
class Job:
    dump: Path
    file: Path


def compare(job: Job) -> Outcome:
    outcome = Outcome(job.file.name)
    run = subprocess.run(
        [job.dump, job.file], capture_output=True, check=False, encoding="utf-8"
    )
    ours = [line.split("\t") for line in run.stdout.splitlines()]
    theirs = list(tshark.rows(job.file, FIELDS))
    if len(ours) != len(theirs):
        outcome.unclassed.append(f"kanaria reads {len(ours)} frames, tshark {len(theirs)}")
    for line, values in zip(ours, theirs):
        row = canonical(dict(zip(FIELDS, values)))
        judge(Seen(row, line[1], dict(zip(VALUES, line[2:]))), outcome)
    return outcome


def report(outcomes: list[Outcome]) -> int:
    classed = sum((one.classed for one in outcomes), Counter[str]())
    for rule in RULES:
        print(f"{classed[rule.name]:7}  {rule.name}: {rule.sentence}")
    unclassed = [f"{one.name}: {text}" for one in outcomes for text in one.unclassed]
    for text in unclassed[:MOST_SHOWN]:
        print(text)
    if len(unclassed) > MOST_SHOWN:
        print(f"and {len(unclassed) - MOST_SHOWN} more")
    left_out = sum(one.left_out for one in outcomes)
    print(f"left out: {left_out} frames with TCP twice or quoted by ICMP")
    print(
        f"agreement: {sum(one.compared for one in outcomes)} frames compared"
        f" in {len(outcomes)} files, {sum(one.equal for one in outcomes)} equal,"
        f" {classed.total()} classed, {len(unclassed)} unclassed"
    )
    return 1 if unclassed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares kanaria's decoder with tshark's fields.")
    parser.add_argument("--dump", type=Path, required=True, help="the program dump_decode")
    corpus.add_choice(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made_up = corpus.write(frames.captures() | link_frames.captures(), Path(folder))
        files = corpus.chosen(arguments, made_up)
        with multiprocessing.Pool(WORKERS) as pool:
            outcomes = pool.map(compare, [Job(arguments.dump, file) for file in files], chunksize=4)
    return report(outcomes)


if __name__ == "__main__":
    sys.exit(main())
