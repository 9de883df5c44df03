# SPDX-License-Identifier: Apache-2.0
"""TCP packets of a capture file, read by tshark: independent of kanaria's own decoder."""

from dataclasses import dataclass
from pathlib import Path

import tshark

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))

FIELDS = (
    "frame.number",
    "frame.time_epoch",
    "frame.protocols",
    "ip.src",
    "ip.dst",
    "ip.ttl",
    "ip.len",
    "ip.hdr_len",
    "ip.flags.df",
    "ip.flags.mf",
    "ip.frag_offset",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.hlim",
    "ipv6.plen",
    "ipv6.fraghdr.more",
    "ipv6.fraghdr.offset",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.seq_raw",
    "tcp.ack_raw",
    "tcp.flags",
    "tcp.window_size_value",
    "tcp.hdr_len",
    "tcp.options",
    "tcp.options.mss_val",
    "tcp.len",
    "tcp.analysis.ack_lost_segment",
)
FRAGMENT_HEADER_BYTES = 8

End = tuple[str, int]  # address, port


@dataclass(frozen=True)
class Packet:
    frame: int  # counts from 1
    time_ns: int
    src: End
    dst: End
    ttl: int
    dont_fragment: bool
    more_fragments: bool
    fragment_offset: int
    seq: int
    ack: int
    flags: int
    window: int
    option_bytes: int
    options_cut: bool
    mss: int | None
    payload: int
    payload_by_tshark: int | None  # less where the frame holds less than the IP length says
    acked_unseen_by_tshark: bool

    def has(self, flag: int) -> bool:
        return bool(self.flags & flag)

    @property
    def is_syn(self) -> bool:
        return self.flags & (SYN | ACK) == SYN

    @property
    def is_syn_ack(self) -> bool:
        return self.flags & (SYN | ACK) == SYN | ACK


@dataclass(frozen=True)
class Capture:
    frames: int
    packets: list[Packet]
    quoting_frames: int  # frames with more than one TCP header, or one within an ICMP message


def read(path: Path) -> Capture:
    frames, quoting, packets = 0, 0, []
    for values in tshark.rows(path, FIELDS):
        frames += 1
        row = dict(zip(FIELDS, values))
        protocols = row["frame.protocols"].split(":")
        if "tcp" not in protocols:
            continue
        before_tcp = protocols[: protocols.index("tcp")]
        if protocols.count("tcp") > 1 or {"icmp", "icmpv6"} & set(before_tcp):
            quoting += 1
            continue
        packet = read_packet(row, before_tcp)
        if packet is not None:
            packets.append(packet)
    return Capture(frames, packets, quoting)


def read_packet(row: dict[str, str], before_tcp: list[str]) -> Packet | None:
    """None: a header is cut or too short for tshark to analyse it."""
    needed = ("tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.window_size_value", "tcp.hdr_len")
    if not all(row[name] for name in needed) or int(row["tcp.hdr_len"]) < 20:
        return None
    is_ipv6 = [name for name in before_tcp if name in ("ip", "ipv6")][-1] == "ipv6"
    payload = payload_length(row, before_tcp)
    if payload is None:
        return None
    version = "ipv6" if is_ipv6 else "ip"
    option_bytes = int(row["tcp.hdr_len"]) - 20
    mss = innermost(row["tcp.options.mss_val"])
    return Packet(
        frame=int(row["frame.number"]),
        time_ns=nanoseconds(row["frame.time_epoch"]),
        src=(innermost(row[f"{version}.src"]), int(row["tcp.srcport"])),
        dst=(innermost(row[f"{version}.dst"]), int(row["tcp.dstport"])),
        ttl=int(innermost(row["ipv6.hlim" if is_ipv6 else "ip.ttl"])),
        dont_fragment=not is_ipv6 and innermost(row["ip.flags.df"]) == "1",
        more_fragments=innermost(row["ipv6.fraghdr.more" if is_ipv6 else "ip.flags.mf"]) == "1",
        fragment_offset=int(
            innermost(row["ipv6.fraghdr.offset" if is_ipv6 else "ip.frag_offset"]) or 0
        ),
        seq=int(row["tcp.seq_raw"]),
        ack=int(row["tcp.ack_raw"]),
        flags=int(row["tcp.flags"], 16),
        window=int(row["tcp.window_size_value"]),
        option_bytes=option_bytes,
        options_cut=len(row["tcp.options"]) != 2 * option_bytes,
        mss=int(mss) if mss else None,
        payload=payload,
        payload_by_tshark=int(row["tcp.len"]) if row["tcp.len"] else None,
        acked_unseen_by_tshark=row["tcp.analysis.ack_lost_segment"] != "",
    )


def payload_length(row: dict[str, str], before_tcp: list[str]) -> int | None:
    """By the IP length where it can be told, as tshark goes by what the frame holds; None: headers
    do not fit, or tshark does not say."""
    header_bytes = int(row["tcp.hdr_len"])
    if before_tcp[-1] == "ip" and int(innermost(row["ip.len"])) > 0:
        ip_payload = int(innermost(row["ip.len"])) - int(innermost(row["ip.hdr_len"]))
    elif before_tcp[-1] == "ipv6" and int(innermost(row["ipv6.plen"])) > 0:
        ip_payload = int(innermost(row["ipv6.plen"]))
    elif before_tcp[-2:] == ["ipv6", "ipv6.fraghdr"]:
        ip_payload = int(innermost(row["ipv6.plen"])) - FRAGMENT_HEADER_BYTES
    elif row["tcp.len"]:  # other headers between, or segmentation offload
        ip_payload = int(row["tcp.len"]) + header_bytes
    else:
        return None
    return ip_payload - header_bytes if ip_payload >= header_bytes else None


def innermost(values: str) -> str:
    return values.rpartition(",")[2]


def nanoseconds(epoch_seconds: str) -> int:
    seconds, _, fraction = epoch_seconds.partition(".")
    sign = -1 if seconds.startswith("-") else 1
    return int(seconds) * 10**9 + sign * int((fraction + "0" * 9)[:9])
