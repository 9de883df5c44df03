# SPDX-License-Identifier: Apache-2.0
"""People who read web pages in a real browser: about a minute a site, scrolling, the cache emptied before each.

The procedure of the thesis's harmless half: fifty sites, cache cleared, one minute each, scrolled through.
"""

import asyncio
import contextlib

from lab.activity import Activity, Place, Visit
from lab.benign import nginx, page_news, site_server
from lab.benign.page_news import PageNews
from lab.benign.site import Site, draw_site, write_site
from lab.browser import chromium
from lab.browser.browsing import browsing, parties, read_page
from lab.browser.chromium import Tab
from lab.connection_log import BENIGN, Story
from lab.laboratory import ENDED

_SECONDS_A_SITE = (40.0, 80.0)
_HTTP2 = 0.6

_STORY = Story(BENIGN, "web-chromium", "lab log: Chromium reading the lab's own nginx sites")


async def open_site(place: Place) -> Site:
    root = place.lab.folder / "sites"
    news = PageNews(place.name, place.random)
    await news.serve(place)
    site = draw_site(place.name, place.random, news.script)
    write_site(root, site)
    await site_server.start_site_server(place, root, http2=place.random.random() < _HTTP2)
    return site


async def read_sites(visit: Visit) -> None:
    """All sites of the visit once, in random order, this one first. A site serves parts of others, too."""
    stories = {site_server.PORT: visit.story, page_news.PORT: visit.story}
    async with browsing(visit, parties(visit.places), stories) as browser:
        rest = list(visit.services[1:])
        visit.random.shuffle(rest)
        for site in (visit.service, *rest):
            tab = await browser.open_tab()
            with contextlib.suppress(*ENDED):
                await _read_site(visit, tab, site)
            await tab.close()


async def _read_site(visit: Visit, tab: Tab, site: Site) -> None:
    await tab.clear_cache()
    pages = visit.random.sample(site.pages, visit.random.randint(1, len(site.pages)))
    seconds = visit.random.uniform(*_SECONDS_A_SITE) * visit.slowness
    for page in pages:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds / len(pages)):
                await read_page(visit, tab, f"https://{site.name}/{page.path}")


ACTIVITIES = (
    Activity(
        _STORY, open_site, read_sites, needs=nginx.NEEDS | chromium.NEEDS, shapeable=False, own_namespace=True
    ),
)
