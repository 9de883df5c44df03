# SPDX-License-Identifier: Apache-2.0
"""Browser miners in a real browser: Chromium on pages that embed a script with the messages of Coinhive's library.

The pages and what they load come from nginx on another port of the place than the pool, and are labelled as reading.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign import nginx, site_server
from lab.benign.site import Page, Site, draw_site, write_site
from lab.browser import chromium
from lab.browser.browsing import browsing, parties, read_page
from lab.browser.chromium import Chromium
from lab.browser.mining_page import PageSettings, write_library
from lab.connection_log import BENIGN, MINING, Story
from lab.conversation import until_first
from lab.laboratory import ENDED
from lab.miners import browser_messages as messages
from lab.miners.browser_messages import Library
from lab.miners.browser_miner import BrowserMiner
from lab.miners.browser_pool import BrowserPool

_POOL_PORT = 8443
_HTTP2 = 0.6
_TABS = (1, 1, 1, 2, 3)
_STAY_MEDIAN_S, _STAY_SIGMA, _STAYS_TO_THE_END = 240, 0.9, 0.3
_BETWEEN_PAGES_S = (0.5, 6.0)
_PAGE = Story(BENIGN, "web-tls", "lab log: Chromium loading a page of the lab's own nginx site")


@dataclass(frozen=True)
class _MiningSite:
    site: Site
    pool: BrowserPool
    key: str
    one_tab: bool


def _opener(library: Library) -> Callable:
    async def open_site(place: Place) -> _MiningSite:
        pool = BrowserPool(library, place.random)
        await place.serve(_POOL_PORT, pool.talk, tls=True)
        root = place.lab.folder / "sites"
        script = f"{place.name}/{library.name}.min.js"
        site = draw_site(place.name, place.random, f'<script src="/{script}"></script>')
        write_site(root, site)
        write_library(root / script, place.random)
        await site_server.start_site_server(place, root, http2=place.random.random() < _HTTP2)
        return _MiningSite(site, pool, messages.site_key(library, place.random), place.random.random() < 0.5)

    return open_site


async def read_mining_site(visit: Visit) -> None:
    """In one tab or some, page after page; each mines while it is open."""
    stories = {site_server.PORT: _PAGE, _POOL_PORT: visit.story}
    miner = BrowserMiner.drawn(visit.place.name, visit.random)
    async with browsing(visit, parties(visit.places), stories) as browser:
        tabs = [_read_in_tab(visit, browser, miner) for _ in range(visit.random.choice(_TABS))]
        await until_first(*tabs)


async def _read_in_tab(visit: Visit, browser: Chromium, miner: BrowserMiner) -> None:
    while True:
        tab = await browser.open_tab()
        page = visit.random.choice(visit.service.site.pages)
        with contextlib.suppress(*ENDED):
            async with asyncio.timeout(_stay_s(visit.random)):
                await read_page(visit, tab, _url(visit, page, miner))
        await tab.close()
        await visit.pause(visit.random.uniform(*_BETWEEN_PAGES_S))


def _url(visit: Visit, page: Page, miner: BrowserMiner) -> str:
    place, service = visit.place, visit.service
    pool: BrowserPool = service.pool
    told = PageSettings(
        url=f"wss://{place.name}:{_POOL_PORT}{pool.path}",
        auth=messages.auth(pool.library, service.key, visit.random),
        version=pool.library.version,
        in_base64=pool.wire.in_base64,
        threads=miner.threads,
        hashes_per_s_and_thread=miner.hashes_per_s_and_thread / visit.slowness,
        throttle=miner.throttle,
        one_tab=service.one_tab,
        seed=visit.random.getrandbits(31),
    )
    return f"https://{place.name}/{page.path}{told.fragment()}"


def _stay_s(random: Random) -> float | None:
    if random.random() < _STAYS_TO_THE_END:
        return None
    return random.lognormvariate(0, _STAY_SIGMA) * _STAY_MEDIAN_S


def _activity(kind: str, library: Library, name: str) -> Activity:
    evidence = f"lab log: Chromium on a page with {name}'s messages at the lab's own server; nothing hashes"
    return Activity(
        Story(MINING, kind, evidence),
        _opener(library),
        read_mining_site,
        needs=nginx.NEEDS | chromium.NEEDS,
        shapeable=False,
        own_namespace=True,
    )


ACTIVITIES = (
    _activity("coinhive-browser", messages.COINHIVE, "Coinhive"),
    _activity("crypto-loot-browser", messages.CRYPTO_LOOT, "Crypto-Loot"),
)
