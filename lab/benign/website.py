# SPDX-License-Identifier: Apache-2.0
"""Light visitors of web sites on real nginx servers: HTTP/1.1 over TLS on a few connections, page after page.

For numbers: hundreds of such visitors cost what one browser does. They load part of a page's objects, as who comes back
with most of them in the cache. Connections to a host: up to 6, as browsers have it. How long
people read is the lab's own invention; the sites are those of site.py.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.nginx import NEEDS, read_answer
from lab.benign.site import Page, Site, draw_site, write_site
from lab.benign.site_server import PORT, start_site_server
from lab.connection_log import BENIGN, Story
from lab.http_message import http_bytes

_OBJECTS_MEDIAN, _OBJECTS_SIGMA, _MOST_OBJECTS = 9, 0.6, 40
_LARGEST_BYTES = 60_000
_CONNECTIONS = (1, 6)
_KEPT_OPEN_S = (2, 60)
_READING_MEDIAN_S, _READING_SIGMA = 25, 1.0
_OBJECT_GAP_MEAN_S = 0.03
_WITH_COOKIE, _COOKIE_MEDIAN, _COOKIE_SIGMA, _LONGEST_COOKIE = 0.6, 120, 1.0, 3000
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1",
)

_STORY = Story(BENIGN, "web-tls", "lab log: visitor of the lab's own nginx site")


async def open_website(place: Place) -> Site:
    root = place.lab.folder / "sites"
    await start_site_server(place, root, http2=False)
    site = draw_site(place.name, place.random)
    write_site(root, site)
    return site


async def browse(visit: Visit) -> None:
    """A page, a while to read it, the next page, until cancelled."""
    visitor = _Visitor.drawn(visit.service.name, visit.random)
    while True:
        await _load_page(visit, visitor, visit.random.choice(visit.service.pages))
        await visit.pause(visit.random.lognormvariate(0, _READING_SIGMA) * _READING_MEDIAN_S)


@dataclass(frozen=True)
class _Visitor:
    """What one browser sends with each request."""

    headers: Sequence[str]
    connections: int

    @staticmethod
    def drawn(host: str, random: Random) -> "_Visitor":
        headers = [
            f"Host: {host}",
            f"User-Agent: {random.choice(_AGENTS)}",
            "Accept: */*",
            f"Accept-Language: {random.choice(('en-US,en;q=0.5', 'de-DE,de;q=0.9,en;q=0.8', 'uk,ru;q=0.7'))}",
            f"Accept-Encoding: {random.choice(('gzip, deflate, br', 'gzip, deflate, br, zstd'))}",
            f"Referer: https://{host}/",
            "Connection: keep-alive",
        ]
        if random.random() < _WITH_COOKIE:
            length = int(random.lognormvariate(0, _COOKIE_SIGMA) * _COOKIE_MEDIAN)
            headers.append(f"Cookie: session={'x' * min(length, _LONGEST_COOKIE)}")
        return _Visitor(headers, random.randint(*_CONNECTIONS))

    def request(self, path: str) -> bytes:
        return http_bytes(f"GET /{path} HTTP/1.1", self.headers)


async def _load_page(visit: Visit, visitor: _Visitor, page: Page) -> None:
    """The page's objects are shared out among a few connections, which then stay open for a while."""
    objects = [found.path for found in page.objects if found.length <= _LARGEST_BYTES]
    wanted = int(visit.random.lognormvariate(0, _OBJECTS_SIGMA) * _OBJECTS_MEDIAN)
    objects = visit.random.sample(objects, min(len(objects), wanted, _MOST_OBJECTS))
    count = min(visitor.connections, len(objects) + 1)
    shares = [([page.path] if number == 0 else []) + objects[number::count] for number in range(count)]
    loads = [asyncio.create_task(_load(visit, visitor, share, number)) for number, share in enumerate(shares)]
    try:
        await asyncio.gather(*loads)
    finally:
        for load in loads:
            load.cancel()


async def _load(visit: Visit, visitor: _Visitor, paths: Sequence[str], number: int) -> None:
    """Connections after the first are opened when the page's head has been read."""
    await asyncio.sleep(0.15 * visit.random.uniform(0.7, 1.6) if number else 0.0)
    async with visit.dial(PORT, tls=True, protocols=("http/1.1",)) as (reader, writer):
        for path in paths:
            writer.write(visitor.request(path))
            if (await read_answer(reader)).wants_close:
                return
            await asyncio.sleep(visit.random.expovariate(1 / _OBJECT_GAP_MEAN_S))
        # The server closes after its own time, whichever is first.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(visit.random.uniform(*_KEPT_OPEN_S)):
                await reader.read(1)


ACTIVITIES = (Activity(_STORY, open_website, browse, needs=NEEDS),)
