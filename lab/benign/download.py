# SPDX-License-Identifier: Apache-2.0
"""Files and films from a real nginx over TLS: whole downloads now and then, and a segment of a film each few seconds.

Segments follow the HLS and DASH habit: a playlist for live streams, then audio and video in parts of 2 to 10 s, bit
rates of a ladder between 0.08 and 2 Mbit/s (Apple, HLS Authoring Specification, scaled down), several parts at once at
the start, a change of quality now and then, a pause.
"""

import asyncio
from dataclasses import dataclass

from lab.activity import Activity, Place, Visit
from lab.benign.nginx import NEEDS, HttpClient, WebServer, read_answer, start_nginx
from lab.connection_log import BENIGN, Story
from lab.rhythm import log_uniform

_FILES = 16
_FILE_BYTES = (30_000, 5_000_000)
_RATES = (0, 200_000, 1_000_000)
_SEGMENTS = 20
_LADDER_BIT_PER_S = (80_000, 150_000, 300_000, 600_000, 1_200_000, 2_000_000)


async def open_archive(place: Place) -> WebServer:
    random = place.random
    files = {f"pool/f{number}.bin": int(log_uniform(random, *_FILE_BYTES)) for number in range(_FILES)}
    rate = random.choice(_RATES)
    return await start_nginx(place, files, tls=True, content_type="application/octet-stream", bytes_per_s=rate)


async def download(visit: Visit) -> None:
    """Some files over one connection, in parts if the program asks for ranges; then the next time after a while."""
    random = visit.random
    client, mean_s = HttpClient(visit), log_uniform(random, 20, 600)
    part = random.choice((None, None, 100_000, 1_000_000))
    while True:
        async with visit.dial(visit.service.port, tls=True) as (reader, writer):
            for _ in range(random.choice((1, 1, 2, 5))):
                path = f"pool/f{random.randrange(_FILES)}.bin"
                await _fetch(client, path, part, reader, writer)
                await visit.pause(random.expovariate(1 / 2))
        await visit.pause(random.expovariate(1 / mean_s))


async def _fetch(client: HttpClient, path: str, part: int | None, reader, writer: asyncio.StreamWriter) -> None:
    """RFC 9110 §14: Content-Range tells the whole size."""
    if part is None:
        writer.write(client.request("GET", path))
        await read_answer(reader)
        return
    begin, size = 0, 1
    while begin < size:
        writer.write(client.request("GET", path, extra=(f"Range: bytes={begin}-{begin + part - 1}",)))
        answer = await read_answer(reader)
        size, begin = int(answer.header("Content-Range").split("/")[1]), begin + part


@dataclass(frozen=True)
class Films:
    server: WebServer
    segment_s: float
    qualities: int
    audio: bool
    live: bool


async def open_films(place: Place) -> Films:
    random = place.random
    segment_s, qualities = random.choice((2, 4, 4, 6, 6, 10)), random.randint(3, len(_LADDER_BIT_PER_S))
    spread = random.uniform(0.05, 0.5)
    files = {"film.m3u8": random.randint(300, 4000)}
    for number in range(_SEGMENTS):
        files[f"audio/{number}.m4s"] = int(random.uniform(8_000, 16_000) * segment_s)
        for quality, bit_per_s in enumerate(_LADDER_BIT_PER_S[:qualities]):
            files[f"{quality}/{number}.m4s"] = int(bit_per_s / 8 * segment_s * random.lognormvariate(0, spread))
    server = await start_nginx(place, files, tls=True, content_type="video/mp4")
    return Films(server, segment_s, qualities, random.random() < 0.5, random.random() < 0.4)


async def watch(visit: Visit) -> None:
    """Until cancelled; `ahead_s` of the film are fetched before it is time for them."""
    random, films = visit.random, visit.service
    client = HttpClient(visit, f"https://{visit.place.name}/watch")
    quality, ahead_s = random.randrange(films.qualities), 0.0 if films.live else random.uniform(5, 40)
    loop, number = asyncio.get_running_loop(), 0
    while True:
        begin, played_s = loop.time() - ahead_s, 0.0
        async with visit.dial(films.server.port, tls=True) as (reader, writer):
            kept, until_stop = True, random.expovariate(1 / 40)
            while kept and until_stop > 0:
                kept = await _one_segment(films, client, quality, number % _SEGMENTS, reader, writer)
                number, played_s, until_stop = number + 1, played_s + films.segment_s, until_stop - 1
                if random.random() < 0.1:
                    quality = max(0, min(films.qualities - 1, quality + random.choice((-1, 1))))
                await visit.pause(max(0.0, begin + played_s - loop.time()) * random.uniform(0.95, 1.05))
        await visit.pause(random.expovariate(1 / 8))


async def _one_segment(films: Films, client: HttpClient, quality: int, number: int, reader, writer) -> bool:
    """False when the server ends the connection."""
    paths = ["film.m3u8"] if films.live or number == 0 else []
    paths += [f"audio/{number}.m4s"] if films.audio else []
    kept = True
    for path in [*paths, f"{quality}/{number}.m4s"]:
        writer.write(client.request("GET", path))
        kept = not (await read_answer(reader)).wants_close
        if not kept:
            break
    return kept


_EVIDENCE = "lab log: {} of the lab's own nginx"
ACTIVITIES = (
    Activity(Story(BENIGN, "download-https", _EVIDENCE.format("downloads")), open_archive, download, NEEDS),
    Activity(Story(BENIGN, "video-segments", _EVIDENCE.format("video player")), open_films, watch, NEEDS),
)
