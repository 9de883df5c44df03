# SPDX-License-Identifier: Apache-2.0
"""Two browsers on pages that embed a miner (Coinhive's opt-in, Crypto-Loot's with throttle), and ordinary traffic."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from ssl import TLSVersion

from lab.benign.ticker import serve_ticker, watch_ticker
from lab.benign.website import browse, open_website, visit
from lab.certificate import server_tls
from lab.connection_log import MINING, Story
from lab.host_system import LINUX, LINUX_SERVER, LOAD_BALANCER, MACOS, PHONE, WINDOWS
from lab.internet_path import Route
from lab.laboratory import Laboratory
from lab.miners.coinhive import BrowserMiner, mine_in_browser, serve_browsers
from lab.scenario import later

FILE = "browser-miner.pcapng"
SECONDS = 7 * 60
INTERFACE = "lan"

_COINHIVE = Story(MINING, "coinhive-wss", "lab log: Coinhive-like emulator at the lab's own server; nothing hashes")
_CRYPTO_LOOT = Story(
    MINING, "crypto-loot-wss", "lab log: Crypto-Loot-like emulator at the lab's own server; nothing hashes"
)
_PATIENT = BrowserMiner("ws027.pool.example", "https://blog.example", 32, 4, 12.5, 0.0)
_THROTTLED = BrowserMiner("shard3.loot.example", "https://video.example", 44, 4, 9.0, 0.6)


async def build(lab: Laboratory) -> list[Coroutine]:
    network = lab.network
    desktop = network.client("desktop", LINUX, "10.20.0.12")
    phone = network.client("phone", PHONE, "10.20.0.57")
    laptop = network.client("laptop", WINDOWS, "10.20.0.33", "2001:db8:20::33")
    tablet = network.client("tablet", MACOS, "10.20.0.61")

    blog = network.server("blog", LINUX_SERVER, "203.0.113.10", route=Route(0.031, 0.001, 12))
    news = network.server("news", LOAD_BALANCER, "192.0.2.44", "2001:db8:cd::44", route=Route(0.011, 0.0004, 8))
    pool = network.server("pool", LINUX_SERVER, "198.51.100.27", route=Route(0.072, 0.002, 15))
    loot = network.server("loot", LINUX_SERVER, "198.51.100.203", route=Route(0.035, 0.001, 11))
    market = network.server("market", LINUX_SERVER, "203.0.113.77", route=Route(0.018, 0.0005, 10))

    for host, miner in ((pool, _PATIENT), (loot, _THROTTLED)):
        tls = server_tls(lab.authority.certificate(miner.host), TLSVersion.TLSv1_2)
        tls.set_ecdh_curve("prime256v1")  # the curve of 2018: the client's second flight is 126 bytes, as measured
        await lab.serve(host, 443, partial(serve_browsers, lab.random(f"server {host.name}")), tls)
    blog_site, news_site = open_website(lab, blog, "blog.example"), open_website(lab, news, "news.example")
    await serve_ticker(lab, market, "ticker.example")

    async def mine(client, server, miner, story) -> None:
        random = lab.random(f"miner {client.name}")
        async with asyncio.TaskGroup() as page:
            page.create_task(visit(lab, client, blog_site, random))
            await asyncio.sleep(random.uniform(0.6, 1.5))  # the page's script has been fetched and started
            async with lab.dial(client, server, 443, story, server_name=miner.host) as (reader, writer):
                await mine_in_browser(miner, reader, writer, random)

    return [
        later(3, mine, desktop, pool, _PATIENT, _COINHIVE),
        later(14, mine, phone, loot, _THROTTLED, _CRYPTO_LOOT),
        later(8, watch_ticker, lab, tablet, market, "ticker.example"),
        later(20, browse, lab, laptop, [blog_site, news_site], (170, 260)),
        later(60, browse, lab, desktop, [news_site], (200, 300)),
    ]
