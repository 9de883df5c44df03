# SPDX-License-Identifier: Apache-2.0
"""A client host's Chromium among the places of a visit: what their names are, and what its connections are."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random

from lab.activity import Place, Visit
from lab.benign.site import PARTIES, party_name
from lab.browser.chromium import Chromium, Tab, chromium, key_fingerprint
from lab.connection_log import Story

_LOAD_S = 25.0
_SCROLL_PAUSE_MEAN_S = 2.5
_SCROLL_PIXELS = (80, 900)
_PLATFORMS = ("X11; Linux x86_64", "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7")
_VERSIONS = (118, 156)
_LANGUAGES = ("en-US", "de", "uk", "fr", "pt-BR")
_WINDOWS = ((1280, 800), (1366, 768), (1536, 730), (1920, 950), (800, 1100))


@contextlib.asynccontextmanager
async def browsing(
    visit: Visit, names: Mapping[str, Place], stories: Mapping[int, Story]
) -> AsyncIterator[Chromium]:
    """`names` of places beside the places' own; `stories`: what connections to a port of any of the places are."""
    for place in visit.places:
        for port, story in stories.items():
            visit.lab.log.claim(visit.client, place.host, port, story)
    hosts = {place.name: place for place in visit.places} | names
    addresses = {name: _address(visit, place) for name, place in hosts.items()}
    # The intermediate is in the chain of each of the lab's servers.
    fingerprint = key_fingerprint(visit.lab.authority.intermediate)
    folder = Path(tempfile.mkdtemp(prefix=f"chromium-{visit.client.name}-", dir=visit.lab.folder)) / "profile"
    start = partial(visit.lab.start, visit.client)
    async with chromium(start, folder, addresses, (fingerprint,), _flags(visit.random)) as browser:
        yield browser


def parties(places: Sequence[Place]) -> Mapping[str, Place]:
    """Which of the places stands for each host that serves parts of many sites."""
    ordered = sorted(places, key=lambda place: place.name)
    return {party_name(number): ordered[number % len(ordered)] for number in range(PARTIES)}


async def read_page(visit: Visit, tab: Tab, url: str) -> None:
    """Until cancelled: waits for the page, then scrolls down and sometimes up again."""
    await tab.go(url)
    await tab.loaded(_LOAD_S)
    while True:
        await visit.pause(visit.random.expovariate(1 / _SCROLL_PAUSE_MEAN_S))
        pixels = visit.random.randint(*_SCROLL_PIXELS)
        await tab.scroll(pixels if visit.random.random() < 0.85 else -pixels)


def _flags(random: Random) -> list[str]:
    """What differs between two people's browsers, and shows in what they ask for."""
    platform, language = random.choice(_PLATFORMS), random.choice(_LANGUAGES)
    agent = f"Mozilla/5.0 ({platform}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{random.randint(*_VERSIONS)}.0.0.0"
    width, height = random.choice(_WINDOWS)
    return [f"--user-agent={agent} Safari/537.36", f"--lang={language}", f"--window-size={width},{height}"]


def _address(visit: Visit, place: Place) -> str:
    """IPv6 where both ends have it."""
    if visit.client.ipv6 and place.host.ipv6:
        return f"[{place.host.ipv6}]"
    return place.host.ipv4
