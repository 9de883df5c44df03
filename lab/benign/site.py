# SPDX-License-Identifier: Apache-2.0
"""Generated web sites: as many objects of as many bytes from as many hosts as public page archives count.

Requests, bytes and hosts of a page: HTTP Archive, "State of the Web" and Web Almanac 2022-2024, desktop medians: some
70 requests, 2.3 MB, a dozen hosts; HTML 30 kB, 25 images of 1 MB, 22 scripts of 0.55 MB, 8 style sheets of 75 kB, 4
fonts of 130 kB. Spread is log-normal: most pages are small, a few very large. Objects are mostly holes of sparse files:
a site costs no memory, and nothing is compressed on the way.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

# Hosts that serve parts of many sites: content networks, advertisements, analytics. Few serve most.
PARTIES = 40
_PARTIES_MEDIAN, _PARTIES_SIGMA = 13, 0.6
_OBJECTS_MEDIAN, _OBJECTS_SIGMA, _MOST_OBJECTS = 70, 0.55, 260
_FROM_PARTIES = 0.55
_PAGES = (1, 4)
# Of the objects after the first page's, so many are the site's own furniture and come from the cache.
_SHARED = 0.5
_HTML_MEDIAN, _HTML_SIGMA = 30_000, 0.7
# All objects of a site are so much larger or smaller than those of another.
_WEIGHT_SIGMA = 0.6
_PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
_LETTERS = "etaoin shrdlu cmfwyp"


@dataclass(frozen=True)
class _Kind:
    suffix: str
    share: float  # of a page's objects
    median: int  # bytes
    sigma: float
    largest: int
    head: bytes = b""
    tail: bytes = b""


IMAGE = _Kind("gif", 0.38, 12_000, 1.5, 2_000_000, _PIXEL)
SCRIPT = _Kind("js", 0.31, 10_000, 1.3, 600_000, b"/*", b"*/")
STYLE = _Kind("css", 0.10, 4_000, 1.3, 200_000, b"/*", b"*/")
FONT = _Kind("woff2", 0.05, 24_000, 0.5, 120_000, b"wOF2")
ANSWER = _Kind("json", 0.16, 500, 1.2, 40_000, b"[", b"]")
_KINDS = (IMAGE, SCRIPT, STYLE, FONT, ANSWER)


@dataclass(frozen=True)
class SiteObject:
    path: str  # on its host, without the leading slash
    host: str
    kind: _Kind
    length: int


@dataclass(frozen=True)
class Page:
    path: str
    objects: Sequence[SiteObject]
    html: str
    least_length: int  # what the HTML falls short of it is a comment


@dataclass(frozen=True)
class Site:
    name: str
    pages: Sequence[Page]


def party_name(number: int) -> str:
    random = Random(f"party {number}")
    return f"{random.choice(('cdn', 'static', 'ads', 'stats', 'px', 'fonts', 'api'))}{number}.{_word(random)}.test"


def draw_site(name: str, random: Random, in_head: str = "") -> Site:
    """`in_head`: HTML of every page."""
    count = min(_MOST_OBJECTS, max(6, int(random.lognormvariate(0, _OBJECTS_SIGMA) * _OBJECTS_MEDIAN)))
    draw = _ObjectDraw(name, _parties(random), random.lognormvariate(0, _WEIGHT_SIGMA), random)
    furniture = [draw.object() for _ in range(int(count * _SHARED))]
    pages = []
    for number in range(random.randint(*_PAGES)):
        own = [draw.object() for _ in range(count - len(furniture))]
        objects = random.sample(furniture + own, count)
        least = int(random.lognormvariate(0, _HTML_SIGMA) * _HTML_MEDIAN)
        pages.append(Page(f"{name}/{number}-{_word(random)}.html", objects, _html(objects, random, in_head), least))
    return Site(name, pages)


def write_site(root: Path, site: Site) -> None:
    """The site's files below `root`, from which each of its hosts serves them."""
    (root / site.name).mkdir(parents=True)
    for page in site.pages:
        _write(root / page.path, page.html.encode() + b"<!--", b"-->", page.least_length)
    for found in {found for page in site.pages for found in page.objects}:
        _write(root / found.path, found.kind.head, found.kind.tail, found.length)


def _parties(random: Random) -> list[str]:
    """Popular ones more often."""
    count = int(random.lognormvariate(0, _PARTIES_SIGMA) * _PARTIES_MEDIAN)
    return [party_name(int(random.paretovariate(0.6)) % PARTIES) for _ in range(count)]


@dataclass(frozen=True)
class _ObjectDraw:
    """One site's objects."""

    name: str
    parties: Sequence[str]
    weight: float
    random: Random

    def object(self) -> SiteObject:
        random = self.random
        kind = random.choices(_KINDS, [kind.share for kind in _KINDS])[0]
        length = int(random.lognormvariate(0, kind.sigma) * kind.median * self.weight)
        length = min(kind.largest, length + len(kind.head + kind.tail))
        label = f"{_word(random)}-{random.getrandbits(4 * 60):060x}"[: random.randrange(12, 70)]
        path = f"{self.name}/{label}{random.getrandbits(24):06x}.{kind.suffix}"
        host = random.choice(self.parties) if self.parties and random.random() < _FROM_PARTIES else self.name
        return SiteObject(path, host, kind, length)


def _write(file: Path, head: bytes, tail: bytes, length: int) -> None:
    """At least `length` bytes; what is between head and tail is a hole."""
    with file.open("wb") as stream:
        stream.write(head)
        stream.seek(max(0, length - len(head) - len(tail)), os.SEEK_CUR)
        stream.write(tail)
        stream.truncate(max(stream.tell(), length))


def _html(objects: Sequence[SiteObject], random: Random, in_head: str) -> str:
    urls = {kind: [_url(found) for found in objects if found.kind is kind] for kind in _KINDS}
    head = [f'<link rel="stylesheet" href="{url}">' for url in urls[STYLE]]
    for url in urls[SCRIPT]:
        head.append(f'<script src="{url}"{random.choice(("", " defer", " async", " async"))}></script>')
    head += [f"<style>{_font_rules(number, url)}</style>" for number, url in enumerate(urls[FONT])]
    body = [*_blocks(urls[IMAGE], len(urls[FONT]), random), f"<script>{_fetches(urls[ANSWER], random)}</script>"]
    return f"<!doctype html><title>{_word(random)}</title>{''.join(head)}{in_head}<body>{''.join(body)}</body>"


def _font_rules(number: int, url: str) -> str:
    """Paragraph `number` is written in it, else no browser would load it."""
    return f"@font-face{{font-family:f{number};src:url({url})}}.f{number}{{font-family:f{number}}}"


def _blocks(images: Sequence[str], fonts: int, random: Random) -> Iterator[str]:
    """A tall page: what is further down is loaded when it is scrolled to."""
    at_once = random.uniform(0.1, 0.6) * len(images)
    for number in range(max(fonts, len(images))):
        yield f'<p class="f{number}">{_words(random)}</p>'
        if number < len(images):
            lazy = ' loading="lazy"' if number >= at_once else ""
            height = random.randrange(40, 300) if number < at_once else random.randrange(200, 900)
            yield f'<img src="{images[number]}" width="600" height="{height}"{lazy}>'


def _fetches(answers: Sequence[str], random: Random) -> str:
    """Requests of the page's scripts: most when it loads, some later, and reports of a measuring one on a timer."""
    plan = [(url, int(random.expovariate(1 / 3000))) for url in answers]
    script = f"for(const[u,t]of {json.dumps(plan)})setTimeout(()=>fetch(u,{{mode:'no-cors'}}).catch(()=>0),t);"
    if answers and random.random() < 0.6:
        period, text = random.randrange(4_000, 30_000), "x" * random.randrange(20, 900)
        script += f"setInterval(()=>navigator.sendBeacon({json.dumps(answers[0])},'{text}'),{period});"
    return script


def _url(found: SiteObject) -> str:
    return f"https://{found.host}/{found.path}"


def _word(random: Random) -> str:
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randrange(3, 14)))


def _words(random: Random) -> str:
    return "".join(random.choices(_LETTERS, k=random.randrange(20, 600)))
