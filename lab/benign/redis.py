# SPDX-License-Identifier: Apache-2.0
"""A real redis-server as a cache, a channel of news, or a queue of jobs, in clear text or TLS by the place's draw.

The queue is the pattern of redis.io's RPOPLPUSH page: BRPOPLPUSH moves a job to a list of jobs in work, LREM ends it.
Work pushed to a client that answers after a while: a mining pool's nearest relative.
"""

import asyncio
import json
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign import resp
from lab.benign.real_server import (
    Company, dial_locally, listen_addresses, own_folder, place_certificate, tls_environment,
)  # fmt: skip
from lab.benign.sizes import Sizes
from lab.benign.words import sentence, word
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.rhythm import MACHINE_FORMS, Rhythm, log_uniform

_PORT, _TLS_PORT = 6379, 6380
_TLS_SHARE = 0.35
_CLIENT_LIBRARIES = (("redis-py", "4.5.1"), ("jedis", "5.1.0"), ("ioredis", "5.3.2"), (None, None))


@dataclass
class Redis:
    """What the application does with its server."""

    port: int
    prefix: str
    values: Sizes
    rhythm: Rhythm  # of the news, or of the jobs
    channels: int
    company: list[Company]

    def key(self, random: Random, keys: int = 400) -> str:
        return f"{self.prefix}:{random.randrange(keys)}"


async def _start(place: Place, rhythm: Rhythm) -> Redis:
    random, folder = place.random, own_folder(place, "redis")
    port = _TLS_PORT if random.random() < _TLS_SHARE else _PORT
    command = ["redis-server", "--port", str(_PORT), "--bind", *listen_addresses(place), "--protected-mode", "no"]
    command += ["--save", "", "--dir", str(folder), "--maxmemory", "20mb", "--maxmemory-policy", "allkeys-random"]
    if port == _TLS_PORT:
        certificate = place_certificate(place, folder)
        command += ["--tls-port", str(port), "--tls-cert-file", str(certificate.chain), "--tls-auth-clients", "no"]
        command += ["--tls-key-file", str(certificate.key)]
    await place.start(port, command, tls=port == _TLS_PORT, env=tls_environment(place, folder))
    prefix = ":".join(word(random) for _ in range(random.randint(1, 3)))
    values = Sizes.drawn(random, 20, 4000, 60_000)
    return Redis(port, prefix, values, rhythm, random.choice((1, 1, 3, 10)), [])


async def open_cache(place: Place) -> Redis:
    redis = await _start(place, Rhythm.drawn(place.random, (1, 60), MACHINE_FORMS))
    async with dial_locally(place, _PORT) as (reader, writer):
        for number in range(400):
            value = place.random.randbytes(redis.values.draw(place.random))
            await _ask(reader, writer, "SET", f"{redis.prefix}:{number}", value)
    return redis


async def open_news(place: Place) -> Redis:
    redis = await _start(place, Rhythm.drawn(place.random, (0.1, 30), MACHINE_FORMS))
    redis.company.append(Company.of(_publish(place, redis)))
    return redis


async def open_queue(place: Place) -> Redis:
    redis = await _start(place, Rhythm.drawn(place.random, (0.2, 20), MACHINE_FORMS))
    redis.company.append(Company.of(_queue_jobs(place, redis)))
    return redis


async def _publish(place: Place, redis: Redis) -> None:
    random = place.random
    async with dial_locally(place, _PORT) as (reader, writer):
        while True:
            await asyncio.sleep(redis.rhythm.gap())
            channel = f"{redis.prefix}.{random.randrange(redis.channels)}"
            await _ask(reader, writer, "PUBLISH", channel, random.randbytes(redis.values.draw(random)))


async def _queue_jobs(place: Place, redis: Redis) -> None:
    """Jobs come in batches; a queue nobody works on is cut."""
    random = place.random
    async with dial_locally(place, _PORT) as (reader, writer):
        while True:
            await asyncio.sleep(redis.rhythm.gap())
            for _ in range(random.choice((1, 1, 1, 4, 20))):
                text = sentence(random, redis.values.median, 4000)
                job = {"id": random.getrandbits(48), "task": word(random), "args": text}
                await _ask(reader, writer, "LPUSH", f"{redis.prefix}:jobs", json.dumps(job))
            await _ask(reader, writer, "LTRIM", f"{redis.prefix}:jobs", 0, 200)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *words: str | bytes | int) -> resp.Reply:
    writer.write(resp.command(*words))
    return await resp.read_reply(reader)


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, random: Random) -> None:
    """What a client library says first."""
    library, version = random.choice(_CLIENT_LIBRARIES)
    if library:
        await _ask(reader, writer, "CLIENT", "SETNAME", f"{library}-{version}-{word(random)}")
    if random.random() < 0.5:
        await _ask(reader, writer, "SELECT", 0)


async def use_cache(visit: Visit) -> None:
    """Requests of an application: reads, some writes, pipelines, and a PING by its pool's health check."""
    redis, random = visit.service, visit.random
    rhythm, writes = Rhythm.drawn(random, (0.3, 30), MACHINE_FORMS), random.choice((0.02, 0.1, 0.3, 0.6))
    check_s = random.choice((0, 0, 10, 30, 60))
    turn = asyncio.Lock()
    async with visit.dial(redis.port, tls=redis.port == _TLS_PORT) as (reader, writer):
        await _greet(reader, writer, random)

        async def request() -> None:
            while True:
                requests = [_cache_request(redis, writes, random) for _ in range(random.choice((1, 1, 1, 2, 5)))]
                async with turn:
                    writer.write(b"".join(requests))
                    for _ in requests:
                        await resp.read_reply(reader)
                await visit.pause(rhythm.gap())

        async def check() -> None:
            while True:
                await visit.pause(check_s or 1e6)
                async with turn:
                    await _ask(reader, writer, "PING")

        await until_first(request(), check())


def _cache_request(redis: Redis, writes: float, random: Random) -> bytes:
    if random.random() < writes:
        value = random.randbytes(redis.values.draw(random))
        return random.choice(
            (
                resp.command("SET", redis.key(random), value, "EX", 3600),
                resp.command("INCR", f"{redis.prefix}:hits:{random.randrange(50)}"),
                resp.command("EXPIRE", redis.key(random), 600),
            )
        )
    if random.random() < 0.2:
        return resp.command("MGET", *(redis.key(random) for _ in range(random.randint(2, 6))))
    return resp.command(random.choice(("GET", "GET", "GET", "EXISTS", "TTL")), redis.key(random))


async def follow_news(visit: Visit) -> None:
    """Subscribed; the library asks PING at its interval, for as long as it stays."""
    redis, random = visit.service, visit.random
    own = random.sample(range(redis.channels), random.randint(1, redis.channels))
    ping_s = random.choice((0, 15, 30, 60, 120))
    async with visit.dial(redis.port, tls=redis.port == _TLS_PORT) as (reader, writer):
        await _greet(reader, writer, random)
        writer.write(resp.command("SUBSCRIBE", *(f"{redis.prefix}.{number}" for number in own)))

        async def receive() -> None:
            while True:
                await resp.read_reply(reader)

        async def ping() -> None:
            while True:
                await visit.pause(ping_s or 1e6)
                writer.write(resp.command("PING"))

        await until_first(receive(), ping())


async def work_on_jobs(visit: Visit) -> None:
    """Fetches a job, works for a while, stores a result. `patience_s`: how long one request for a job waits."""
    redis, random = visit.service, visit.random
    jobs, working = f"{redis.prefix}:jobs", f"{redis.prefix}:working:{random.getrandbits(32):x}"
    patience_s, work_s = random.choice((0, 1, 2, 5, 10, 30, 60)), log_uniform(random, 0.05, 60)
    result, beats = Sizes.drawn(random, 10, 1500, 20_000), random.random() < 0.3
    async with visit.dial(redis.port, tls=redis.port == _TLS_PORT) as (reader, writer):
        await _greet(reader, writer, random)
        while True:
            job = await _ask(reader, writer, "BRPOPLPUSH", jobs, working, patience_s)
            if not isinstance(job, bytes):
                if beats:
                    await _ask(reader, writer, "SETEX", f"{working}:alive", 120, 1)
                continue
            await visit.pause(random.expovariate(1 / work_s))
            value = random.randbytes(result.draw(random))
            await _ask(reader, writer, "SET", f"{redis.prefix}:result:{random.getrandbits(32):x}", value, "EX", 60)
            await _ask(reader, writer, "LREM", working, 1, job)


_NEEDS = {"redis-server": "redis-server"}
_EVIDENCE = "lab log: {} of the lab's own redis-server"
ACTIVITIES = (
    Activity(Story(BENIGN, "redis-cache", _EVIDENCE.format("client")), open_cache, use_cache, _NEEDS),
    Activity(Story(BENIGN, "redis-pubsub", _EVIDENCE.format("subscriber")), open_news, follow_news, _NEEDS),
    Activity(Story(BENIGN, "redis-jobs", _EVIDENCE.format("worker on a queue")), open_queue, work_on_jobs, _NEEDS),
)
