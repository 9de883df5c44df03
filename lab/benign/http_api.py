# SPDX-License-Identifier: Apache-2.0
"""A program that asks an HTTP API again and again, on a clock or at random, over one kept connection (real nginx).

Paths, sizes and rhythms are the lab's own invention.
"""

import json

from lab.activity import Activity, Place, Visit
from lab.benign.nginx import NEEDS, HttpClient, WebServer, read_answer, start_nginx
from lab.benign.sizes import Sizes
from lab.benign.words import word
from lab.connection_log import BENIGN, Story
from lab.laboratory import ENDED
from lab.rhythm import MACHINE_FORMS, Rhythm

_RESOURCES = 24
_TLS_SHARE = 0.75


async def open_api(place: Place) -> WebServer:
    random = place.random
    sizes = Sizes.drawn(random, 30, 6000, 60_000)
    files = {f"api/v1/r{number}": sizes.draw(random) for number in range(_RESOURCES)}
    return await start_nginx(place, files, tls=random.random() < _TLS_SHARE, content_type="application/json")


async def poll_api(visit: Visit) -> None:
    """Dials again when the server has closed, as HTTP clients do at their next request."""
    random = visit.random
    client, rhythm = HttpClient(visit), Rhythm.drawn(random, (0.7, 90), MACHINE_FORMS)
    resources = random.sample(range(_RESOURCES), random.choice((1, 1, 2, 6)))
    posts, bodies = random.choice((0.0, 0.0, 0.2, 1.0)), Sizes.drawn(random, 40, 2000, 30_000)
    conditional, tags = random.random() < 0.3, dict[str, str]()
    while True:
        async with visit.dial(visit.service.port, tls=visit.service.tls) as (reader, writer):
            try:
                kept = True
                while kept:
                    path = f"api/v1/r{random.choice(resources)}"
                    extra = (f"If-None-Match: {tags[path]}",) if conditional and path in tags else ()
                    if random.random() < posts:
                        body = json.dumps({"id": random.getrandbits(32), word(random): "x" * bodies.draw(random)})
                        writer.write(client.request("POST", path, body.encode()))
                    else:
                        writer.write(client.request("GET", path, extra=extra))
                    answer = await read_answer(reader)
                    kept, tags[path] = not answer.wants_close, answer.header("ETag") or "-"
                    await visit.pause(rhythm.gap())
                    kept = kept and not reader.at_eof()
            except ENDED:
                pass


ACTIVITIES = (
    Activity(
        Story(BENIGN, "http-keepalive-api", "lab log: API client of the lab's own nginx"), open_api, poll_api, NEEDS
    ),
)
