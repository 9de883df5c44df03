# SPDX-License-Identifier: Apache-2.0
"""Two XMRig-like miners at two pools, one of them over IPv6, among ordinary traffic of the same and other clients."""

import socket
from collections.abc import Coroutine

from lab.benign.chat import chat, serve_chat
from lab.benign.mqtt import publish, start_broker, subscribe
from lab.benign.ssh_typing import start_ssh_server, type_commands
from lab.benign.telemetry import report_metrics, serve_collector
from lab.benign.website import browse, open_website
from lab.connection_log import MINING, Story
from lab.host_system import FREEBSD_SERVER, LINUX, LINUX_SERVER, LOAD_BALANCER, MACOS, SENSOR, WINDOWS
from lab.internet_path import Route
from lab.laboratory import Laboratory
from lab.miners.blockchain import Blockchain
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.xmrig import LINUX_AGENT, WINDOWS_AGENT, Xmrig, XmrigSettings
from lab.scenario import later

FILE = "xmrig.pcap.gz"
SECONDS = 12 * 60
INTERFACE = "wan"

_STORY = Story(MINING, "xmrig-plain", "lab log: XMRig-like emulator at the lab's own pool; nothing hashes")
# A pool that renews its template twice a minute, and one that pushes only new blocks and difficulties.
_BUSY = PoolStyle(10, 10, hex_ids=False, next_seed_hash=False, extensions=(), first_difficulty=75_000)
_QUIET = PoolStyle(
    16, 8, hex_ids=True, next_seed_hash=True, extensions=("keepalive",), first_difficulty=40_000, share_target_s=45
)


async def build(lab: Laboratory) -> list[Coroutine]:
    network = lab.network
    workstation = network.client("workstation", LINUX, "10.20.0.21", "2001:db8:20::21")
    gaming_pc = network.client("gaming-pc", WINDOWS, "10.20.0.35", "2001:db8:20::35")
    laptop = network.client("laptop", MACOS, "10.20.0.44")
    thermometer = network.client("thermometer", SENSOR, "10.20.0.90")

    busy = network.server("busy-pool", LINUX_SERVER, "198.51.100.17", route=Route(0.048, 0.001, 13))
    quiet = network.server("quiet-pool", FREEBSD_SERVER, "192.0.2.91", "2001:db8:ab::91", route=Route(0.023, 0.0005, 9))
    web = network.server("web", LOAD_BALANCER, "203.0.113.10", "2001:db8:cd::10", route=Route(0.012, 0.0004, 8))
    cloud = network.server("cloud", LINUX_SERVER, "203.0.113.120", route=Route(0.078, 0.003, 17))

    busy_chain = Blockchain(120, 28, 3_435_647, lab.random("busy chain"))
    quiet_chain = Blockchain(120, None, 3_435_647, lab.random("quiet chain"))
    await lab.serve(busy, 3333, MoneroPool(_BUSY, busy_chain, lab.random("busy pool")).talk)
    await lab.serve(quiet, 14444, MoneroPool(_QUIET, quiet_chain, lab.random("quiet pool")).talk)
    site = open_website(lab, web, "news.example")
    await serve_chat(lab, cloud, "chat.example")
    await serve_collector(lab, cloud, "metrics.example")
    start_broker(lab, cloud)
    start_ssh_server(lab, cloud)

    async def mine(client, pool, port, settings, family) -> None:
        async with lab.dial(client, pool, port, _STORY, family=family) as (reader, writer):
            await Xmrig(settings, lab.random(f"xmrig {client.name}")).mine(reader, writer)

    return [
        busy_chain.run(),
        quiet_chain.run(),
        later(6, mine, workstation, busy, 3333, XmrigSettings(6200, LINUX_AGENT), socket.AF_INET),
        later(21, mine, gaming_pc, quiet, 14444, XmrigSettings(4700, WINDOWS_AGENT), socket.AF_INET6),
        later(2, report_metrics, lab, workstation, cloud, "metrics.example", 15),
        later(1, chat, lab, gaming_pc, cloud, "chat.example"),
        later(10, browse, lab, workstation, [site], (120, 260)),
        later(30, browse, lab, laptop, [site], (90, 200)),
        later(15, type_commands, lab, workstation, cloud),
        later(4, publish, lab, thermometer, cloud, 25),
        later(5, subscribe, lab, laptop, cloud),
    ]
