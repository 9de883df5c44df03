# SPDX-License-Identifier: Apache-2.0
"""Two Ethereum rigs with pushed work (ethminer-like and Claymore-like) at one pool, and ordinary traffic."""

from collections.abc import Coroutine

from lab.benign.mqtt import publish, start_broker
from lab.benign.telemetry import report_metrics, serve_collector
from lab.benign.website import browse, open_website
from lab.connection_log import MINING, Story
from lab.host_system import LINUX, LINUX_SERVER, SENSOR, WINDOWS, WINDOWS_SERVER
from lab.internet_path import Route
from lab.laboratory import Laboratory
from lab.miners.blockchain import Blockchain
from lab.miners.eth_proxy import EthProxyPool, Rig, mine_as_claymore, mine_as_ethminer
from lab.scenario import later

FILE = "eth.pcap"
SECONDS = 6 * 60
INTERFACE = "lan"

_ETHMINER = Story(
    MINING, "eth-stratum", "lab log: ethminer-like emulator (eth-proxy) at the lab's own pool; nothing hashes"
)
_CLAYMORE = Story(
    MINING, "eth-stratum", "lab log: Claymore-like emulator (eth-proxy) at the lab's own pool; nothing hashes"
)
_POOL_PORT = 4444
# Share difficulty of a large public pool: 4 billion hashes.
_SHARE = 4e9


async def build(lab: Laboratory) -> list[Coroutine]:
    network = lab.network
    rig1 = network.client("rig01", LINUX, "10.20.0.101")
    rig2 = network.client("rig02", WINDOWS, "10.20.0.102")
    office_pc = network.client("office-pc", WINDOWS, "10.20.0.15", "2001:db8:20::15")
    meter = network.client("meter", SENSOR, "10.20.0.91")

    pool = network.server("pool", LINUX_SERVER, "198.51.100.44", route=Route(0.038, 0.001, 14))
    web = network.server("web", WINDOWS_SERVER, "203.0.113.31", "2001:db8:cd::31", route=Route(0.016, 0.0005, 9))
    cloud = network.server("cloud", LINUX_SERVER, "192.0.2.150", route=Route(0.064, 0.002, 18))

    chain = Blockchain(13.3, 6.5, 12_345_678, lab.random("chain"))
    await lab.serve(pool, _POOL_PORT, EthProxyPool(chain, lab.random("pool")).talk)
    site = open_website(lab, web, "intranet.example")
    await serve_collector(lab, cloud, "metrics.example")
    start_broker(lab, cloud)

    async def mine(client, rig, story, dialect) -> None:
        async with lab.dial(client, pool, _POOL_PORT, story) as (reader, writer):
            await dialect(rig, reader, writer, lab.random(f"rig {client.name}"))

    return [
        chain.run(),
        later(4, mine, rig1, Rig("rig01", 182e6, _SHARE), _ETHMINER, mine_as_ethminer),
        later(9, mine, rig2, Rig("rig02", 291e6, _SHARE), _CLAYMORE, mine_as_claymore),
        later(1, report_metrics, lab, rig1, cloud, "metrics.example", 10),
        later(7, publish, lab, meter, cloud, 20),
        later(12, browse, lab, office_pc, [site], (110, 190)),
    ]
