# SPDX-License-Identifier: Apache-2.0
"""Made-up frames that try the decoder: every link type and tunnel of docs/definitions.md, frames
cut at each byte, lengths that lie. `captures()` gives name -> bytes of a pcap file.
"""

import struct
from typing import Any

from headers import IPV4, IPV6, TCP, UDP, ethernet, flag_bits, ipv4, ipv6, tcp, udp
from pcap_file import ETHERNET, Frame, pcap_file

PAYLOAD = bytes(range(1, 61))
TIMESTAMPS = b"\x01\x01\x08\x0a" + bytes(8)
SYN_OPTIONS = b"\x02\x04\x05\xb4\x04\x02\x08\x0a" + bytes(8) + b"\x01\x03\x03\x07"
GRE, IPV4_IN_IP, IPV6_IN_IP, MPLS_IN_IP, AUTHENTICATION, ETHERIP, SCTP = 47, 4, 41, 137, 51, 97, 132
HOP_BY_HOP, ROUTING, FRAGMENT, NO_NEXT, DESTINATION = 0, 43, 44, 59, 60


def segment(flags: str = "PA", options: bytes = TIMESTAMPS, payload: bytes = PAYLOAD) -> bytes:
    return tcp(40000, 8333, 1000, 2000, flag_bits(flags), 501, options) + payload


def packet4(payload: bytes | None = None, protocol: int = TCP, **fields: Any) -> bytes:
    payload = segment() if payload is None else payload
    return ipv4("10.1.2.3", "10.4.5.6", len(payload), protocol, **fields) + payload


def packet6(payload: bytes | None = None, next_header: int = TCP) -> bytes:
    payload = segment() if payload is None else payload
    return ipv6("2001:db8::3", "2001:db8::6", len(payload), next_header, hop_limit=63) + payload


def on_ethernet(ether_type: int, payload: bytes) -> bytes:
    return ethernet(ether_type) + payload


def datagram(to_port: int, payload: bytes) -> bytes:
    return packet4(udp(50000, to_port, len(payload)) + payload, UDP)


def gre(protocol: int, payload: bytes, flags: int = 0, fields: bytes = b"") -> bytes:
    return packet4(struct.pack(">HH", flags, protocol) + fields + payload, GRE)


def vlan(payload: bytes, ether_type: int, tag: int = 7) -> bytes:
    return struct.pack(">HH", tag, ether_type) + payload


def label(number: int, bottom: bool) -> bytes:
    return struct.pack(">I", number << 12 | bottom << 8 | 64)


def pppoe(protocol: int, payload: bytes) -> bytes:
    return struct.pack(">BBHHH", 0x11, 0, 9, 2 + len(payload), protocol) + payload


def snap(ether_type: int, payload: bytes, organisation: bytes = b"\0\0\0") -> bytes:
    return b"\xaa\xaa\x03" + organisation + struct.pack(">H", ether_type) + payload


def gtp_u(payload: bytes, flags: int = 0x30, fields: bytes = b"") -> bytes:
    header = struct.pack(">BBHI", flags, 255, len(fields) + len(payload), 99)
    return datagram(2152, header + fields + payload)


def extension(next_header: int, length: int = 8) -> bytes:
    return bytes([next_header, length // 8 - 1, 1, length - 4]) + bytes(length - 4)


def fragment_header(next_header: int, offset: int, more: bool) -> bytes:
    return struct.pack(">BBHI", next_header, 0, offset | more, 0xDEADBEEF)


def authentication(next_header: int) -> bytes:
    return struct.pack(">BBHII", next_header, 4, 0, 1, 1) + bytes(12)


def wireless(control: int, payload: bytes, more: bytes = b"") -> bytes:
    return struct.pack("<HH", control, 0) + bytes(18) + b"\0\0" + more + payload


def link_types() -> dict[str, tuple[int, list[bytes]]]:
    """Name -> link type and frames."""
    four, six = packet4(), packet6()
    sll = struct.pack(">HHH8s", 0, 1, 6, bytes(8))
    sll2 = struct.pack(">HIHBB8s", 0, 1, 1, 0, 6, bytes(8))
    data, qos = 0x0108, 0x0188
    radiotap = struct.pack("<BBHI", 0, 0, 8, 0)
    radiotap_padded = struct.pack("<BBHIQB7x", 0, 0, 24, 3, 1, 0x20)
    dot11 = [
        wireless(data, snap(IPV4, four)),
        wireless(data, snap(IPV6, six)),
        wireless(qos, snap(IPV4, four), b"\0\0"),
        wireless(0x0308, snap(IPV4, four), bytes(6)),
        wireless(data | 0x4000, snap(IPV4, four)),
        wireless(0x0148, b""),
        wireless(0x0080, bytes(12)),
    ]
    ppi = struct.pack("<BBHI", 0, 0, 8, 105)
    return {
        "link_ethernet": (ETHERNET, [on_ethernet(IPV4, four), on_ethernet(IPV6, six)]),
        "link_null": (0, [struct.pack("<I", 2) + four]
                      + [struct.pack("<I", family) + six for family in (24, 28, 30)]
                      + [struct.pack(">I", 2) + four, struct.pack("<I", 7) + four]),
        "link_loop": (108, [struct.pack(">I", 2) + four, struct.pack(">I", 24) + six]),
        "link_raw": (101, [four, six, b"\x50" + four[1:]]),
        "link_raw_bsd": (12, [four, six]),
        "link_ipv4": (228, [four]),
        "link_ipv6": (229, [six]),
        "link_linux_sll": (113, [sll + struct.pack(">H", IPV4) + four,
                                 sll + struct.pack(">H", IPV6) + six,
                                 sll + b"\x81\x00" + vlan(four, IPV4)]),
        "link_linux_sll2": (276, [struct.pack(">H", IPV4) + sll2[:18] + four,
                                  struct.pack(">H", IPV6) + sll2[:18] + six,
                                  b"\x81\x00" + sll2[:18] + vlan(six, IPV6)]),
        "link_ppp": (9, [b"\x00\x21" + four, b"\xff\x03\x00\x21" + four, b"\x00\x57" + six,
                         b"\x21" + four, b"\x02\x81" + label(16, True) + four]),
        "link_ppp_serial": (50, [b"\xff\x03\x00\x21" + four, b"\xff\x03\x00\x57" + six]),
        "link_ppp_ether": (51, [pppoe(0x21, four), pppoe(0x57, six)]),
        "link_cisco_hdlc": (104, [b"\x0f\x00" + struct.pack(">H", IPV4) + four,
                                  b"\x0f\x00" + struct.pack(">H", IPV6) + six]),
        "link_ieee80211": (105, dot11),
        "link_radiotap": (127, [radiotap + frame for frame in dot11]
                          + [radiotap_padded + wireless(qos, snap(IPV4, four), bytes(4))]),
        "link_ppi": (192, [ppi + frame for frame in dot11]),
    }


def below_ip() -> list[bytes]:
    four, six = packet4(), packet6()
    tagged = vlan(vlan(four, IPV4, 2), 0x8100, 1)
    return [
        on_ethernet(0x8100, vlan(four, IPV4)),
        on_ethernet(0x8100, vlan(six, IPV6)),
        on_ethernet(0x88A8, vlan(vlan(four, IPV4, 2), 0x8100, 1)),
        on_ethernet(0x9100, tagged),
        on_ethernet(0x8100, vlan(tagged, 0x8100)),
        on_ethernet(0x8847, label(16, True) + four),
        on_ethernet(0x8847, label(16, False) + label(17, True) + six),
        on_ethernet(0x8848, label(16, True) + four),
        on_ethernet(0x8847, label(16, True) + bytes(4) + on_ethernet(IPV4, four)),
        on_ethernet(0x8847, label(0, True) + four),
        on_ethernet(0x8847, label(2, True) + six),
        on_ethernet(0x8864, pppoe(0x21, four)),
        on_ethernet(0x8864, pppoe(0x57, six)),
        on_ethernet(0x8100, vlan(pppoe(0x21, four), 0x8864)),
        on_ethernet(8 + len(four), snap(IPV4, four)),
        on_ethernet(8 + len(six), snap(IPV6, six)),
        on_ethernet(8 + len(four), snap(IPV4, four, b"\x00\x00\xf8")),
        on_ethernet(3 + len(four), b"\x06\x06\x03" + four),
        on_ethernet(0x0806, bytes(28)),
        on_ethernet(0x88CC, bytes(28)),
    ]


def tunnels() -> list[bytes]:
    four, six = packet4(), packet6()
    inner = on_ethernet(IPV4, four)
    erspan2 = struct.pack(">HHI", 0x1007, 5, 0)
    erspan3 = struct.pack(">HHIHH", 0x2007, 5, 0, 0, 0)
    vxlan, geneve = b"\x08\0\0\0\0\0\x07\0", struct.pack(">BBHI", 0, 0, 0x6558, 7 << 8)
    geneve_options = struct.pack(">BBHI", 2, 0, IPV4, 7 << 8) + b"\x01\x02\x80\x01" + bytes(4)
    packets = [
        gre(IPV4, four),
        gre(IPV6, six),
        gre(IPV4, four, 0xB000, bytes(12)),
        gre(0x6558, inner),
        gre(0x8847, label(16, True) + four),
        gre(0x880B, b"\x00\x21" + four, 0x3081, struct.pack(">HHII", len(four) + 2, 1, 2, 3)),
        gre(0x880B, b"\xff\x03\x00\x21" + four, 0x3001, struct.pack(">HHI", len(four) + 4, 1, 2)),
        gre(0x88BE, inner),
        gre(0x88BE, erspan2 + inner, 0x1000, bytes(4)),
        gre(0x22EB, erspan3 + inner, 0x1000, bytes(4)),
        gre(0x22EB, erspan3[:11] + b"\x01" + bytes(8) + inner, 0x1000, bytes(4)),
        gre(IPV4, four, 0x0002),
        packet4(four, IPV4_IN_IP),
        packet4(six, IPV6_IN_IP),
        packet4(packet4(four, IPV4_IN_IP), IPV4_IN_IP),
        packet4(label(16, True) + four, MPLS_IN_IP),
        datagram(4789, vxlan + inner),
        datagram(4789, vxlan + on_ethernet(0x8100, vlan(six, IPV6))),
        datagram(4789, bytes(8) + inner),
        datagram(6081, geneve + inner),
        datagram(6081, geneve_options + four),
        datagram(6081, b"\x40" + geneve[1:] + inner),
        gtp_u(four),
        gtp_u(six),
        gtp_u(four, 0x32, bytes(4)),
        gtp_u(four, 0x34, b"\0\0\0\x85" + b"\x01\x00\x09\x00"),
        gtp_u(four, 0x10),
        packet4(b"\x30\x00" + inner, ETHERIP),
        datagram(53, bytes(12)),
        packet4(bytes(12), SCTP),
        packet4(b"\x03\x03" + bytes(6) + four[:28], 1),
    ]
    over_six = [
        packet6(four, IPV4_IN_IP),
        packet6(six, IPV6_IN_IP),
        packet6(struct.pack(">HH", 0, IPV4) + four, GRE),
        packet6(udp(50000, 4789, len(vxlan + inner)) + vxlan + inner, UDP),
    ]
    return [on_ethernet(IPV4, packet) for packet in packets] + [
        on_ethernet(IPV6, packet) for packet in over_six
    ]


def between_ip_and_tcp() -> list[bytes]:
    one = segment()
    four = [
        packet4(options=b"\x01\x01\x01\x00"),
        packet4(options=b"\x94\x04\x00\x00" + bytes(36)),
        packet4(authentication(TCP) + one, AUTHENTICATION),
        packet4(authentication(IPV4_IN_IP) + packet4(), AUTHENTICATION),
        packet4(fragment=0x2000, identifier=7),
        packet4(fragment=0x2010, identifier=7),
        packet4(fragment=0x0010, identifier=7),
        packet4(fragment=0xC000, identifier=65535, ttl=255),
        packet4(fragment=0x0000, ttl=0),
        packet4(packet4(), IPV4_IN_IP, fragment=0x2000),
        packet4(packet4(fragment=0x2000), IPV4_IN_IP),
    ]
    six = [
        packet6(extension(TCP) + one, HOP_BY_HOP),
        packet6(extension(DESTINATION) + extension(TCP, 16) + one, HOP_BY_HOP),
        packet6(extension(TCP, 24) + one, ROUTING),
        packet6(extension(TCP, 8) + one, DESTINATION),
        packet6(authentication(TCP) + one, AUTHENTICATION),
        packet6(fragment_header(TCP, 0, True) + one, FRAGMENT),
        packet6(fragment_header(TCP, 0, False) + one, FRAGMENT),
        packet6(fragment_header(TCP, 64, True) + one, FRAGMENT),
        packet6(fragment_header(DESTINATION, 0, True) + extension(TCP) + one, FRAGMENT),
        packet6(b"", NO_NEXT),
        packet6(extension(TCP) + one, 135),
        packet6(extension(TCP) + one, 139),
        packet6(extension(TCP) + one, 140),
    ]
    return [on_ethernet(IPV4, one) for one in four] + [on_ethernet(IPV6, one) for one in six]


def tcp_headers() -> list[bytes]:
    every_flag = [segment(flags="", payload=b"x")] + [
        tcp(1, 65535, 0, 0, 1 << bit, 65535) for bit in range(12)
    ]
    lengths = [tcp(1, 2, 3, 4, 16, 5, header_length=words * 4) for words in range(16)]
    options = [
        segment("S", SYN_OPTIONS, b""),
        segment("S", b"\x02\x04\x05\xb4\x02\x04\x02\x18", b""),
        segment("S", b"\x02\x03\x05\x01", b""),
        segment("A", b"\x08\x0a" + bytes(6), b""),
        segment("A", b"\x05\x00\x01\x01", b""),
        segment("A", b"\x1e\x01\x01\x01", b""),
        segment("A", b"\x00" * 40, b""),
        segment("A", b"\x05\x12" + bytes(16) + TIMESTAMPS, b""),
    ]
    return [on_ethernet(IPV4, packet4(one)) for one in every_flag + lengths + options]


def lying_lengths() -> list[Frame]:
    """IPv4 total lengths and IPv6 payload lengths that are not what follows."""
    frames = []
    four, six = packet4(), packet6()
    for total in (0, 1, 19, 20, 39, 40, 51, 52, 53, len(four) - 1, len(four) + 1, 9000, 65535):
        lied = four[:2] + struct.pack(">H", total) + four[4:]
        frames += [on_ethernet(IPV4, lied), on_ethernet(IPV4, packet4(lied, IPV4_IN_IP))]
    for length in (0, 1, 19, 20, 31, 32, 33, len(six) - 41, len(six) - 39, 9000, 65535):
        frames.append(on_ethernet(IPV6, six[:4] + struct.pack(">H", length) + six[6:]))
    frames += [on_ethernet(IPV4, bytes([0x40 | words]) + four[1:]) for words in range(16)]
    frames += [on_ethernet(IPV4, bytes([version << 4 | 5]) + four[1:]) for version in range(16)]
    frames += [on_ethernet(IPV6, bytes([version << 4]) + six[1:]) for version in range(16)]
    frames += [on_ethernet(IPV4, four) + bytes(6)]
    return [Frame(0, frame) for frame in frames] + lying_originals(on_ethernet(IPV4, four))


def lying_originals(frame: bytes) -> list[Frame]:
    """Cut behind the headers, with an original length that does not fit the IP length."""
    cut = frame[:66]
    return [Frame(0, cut, original) for original in (66, 100, len(frame), 1514, 262144)]


def cut_at_each_byte(frame: bytes) -> list[Frame]:
    return [Frame(0, frame[:length], len(frame)) for length in range(len(frame) + 1)]


def cut_shorter_at_each_byte(frame: bytes) -> list[Frame]:
    """As if the rest had never been there."""
    return [Frame(0, frame[:length]) for length in range(len(frame) + 1)]


def cuts() -> dict[str, bytes]:
    syn = segment("S", SYN_OPTIONS, b"")
    vxlan = b"\x08" + bytes(7) + on_ethernet(IPV4, packet4())
    frames = {
        "ipv4": on_ethernet(IPV4, packet4(syn)),
        "ipv6": on_ethernet(IPV6, packet6(extension(TCP) + syn, HOP_BY_HOP)),
        "vxlan": on_ethernet(IPV4, datagram(4789, vxlan)),
        "gre": on_ethernet(IPV4, gre(IPV4, packet4(), 0xB000, bytes(12))),
        "gtp_u": on_ethernet(0x8100, vlan(gtp_u(packet6(), 0x34, b"\0\0\0\x85\x01\0\x09\0"), IPV4)),
        "pppoe": on_ethernet(0x8864, pppoe(0x21, packet4())),
    }
    files = {}
    for name, frame in frames.items():
        files[f"cut_{name}"] = pcap_file(cut_at_each_byte(frame))
        files[f"short_{name}"] = pcap_file(cut_shorter_at_each_byte(frame))
    return files


def deep_stacks() -> list[bytes]:
    frames = []
    for depth in (1, 5, 8, 12, 14, 15, 16, 17, 30):
        payload = packet4()
        for number in range(depth):
            payload = vlan(payload, 0x8100 if number else IPV4)
        frames.append(on_ethernet(0x8100, payload))
        payload = packet4()
        for _ in range(depth):
            payload = packet4(payload, IPV4_IN_IP)
        frames.append(on_ethernet(IPV4, payload))
    return frames


def captures() -> dict[str, bytes]:
    files = {
        name: pcap_file([Frame(0, frame) for frame in frames], link_type)
        for name, (link_type, frames) in link_types().items()
    }
    lists = {
        "below_ip": below_ip(),
        "tunnels": tunnels(),
        "between_ip_and_tcp": between_ip_and_tcp(),
        "tcp_headers": tcp_headers(),
        "deep_stacks": deep_stacks(),
    }
    files |= {name: pcap_file([Frame(0, one) for one in frames]) for name, frames in lists.items()}
    return files | cuts() | {"lying_lengths": pcap_file(lying_lengths())}
