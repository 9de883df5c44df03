#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each real server of the lab starts, and a client of each gets on with it.

All hosts share one namespace without a wire; isolation as in a run, so that nothing is left behind. Needs root (exit
code 77 without); a kind whose programs are not installed is left out and named.
"""

import asyncio
import contextlib
import shutil
import sys
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from lab import laboratory  # noqa: E402
from lab.activities import ACTIVITIES  # noqa: E402
from lab.activity import Activity, Place, Visit  # noqa: E402
from lab.certificate import Authority  # noqa: E402
from lab.needs import missing  # noqa: E402
from lab.isolation import WORK, run_isolated  # noqa: E402
from lab.namespace import Namespace  # noqa: E402
from lab.network import Host  # noqa: E402

_SKIPPED = 77
_KINDS = (
    "mqtt-sensor", "mqtt-screen", "mqtt-tls", "ssh-typing", "ssh-keepalive", "ssh-transfer", "imap-idle", "redis-cache",
    "redis-pubsub", "redis-jobs", "postgres-queries", "postgres-notify", "postgres-replication", "xmpp-chat", "irc-chat",
    "dns-over-tls", "http-keepalive-api", "download-https", "video-segments",
)  # fmt: skip
# Places are drawn: some speak TLS, some not.
_PLACES = 3
# Of those who greet or negotiate first, the first answers do not yet mean that the client was understood.
_ANSWERS = {"imap-idle": 4, "xmpp-chat": 4, "irc-chat": 2}
_PATIENCE_S = 60


class OneNamespace:
    """In the place of the lab's network: any address of two prefixes is this machine's."""

    def __init__(self, _folder: Path, _seed: str) -> None:
        self._namespace = Namespace()
        self._namespace.ip(*(f"route add local {prefix} dev lo" for prefix in ("198.18.0.0/16", "10.20.0.0/16")))
        self._hosts = 0

    def host(self, name: str, prefix: str) -> Host:
        self._hosts += 1
        return Host(name, self._namespace, f"{prefix}.{self._hosts // 200}.{self._hosts % 200 + 1}", None)

    def close(self) -> str:
        self._namespace.close()
        return ""


class WatchedVisit(Visit):
    """Knows when its client has been answered."""

    answered: asyncio.Event

    @contextlib.asynccontextmanager
    async def dial(self, *arguments, **options):
        async with super().dial(*arguments, **options) as (reader, writer):
            feed, answers = reader.feed_data, 0

            def count(data: bytes) -> None:
                nonlocal answers
                answers += 1
                if answers == _ANSWERS.get(self.story.kind, 1):
                    self.answered.set()
                feed(data)

            reader.feed_data = count
            yield reader, writer

    async def run(self, *arguments, **options):
        program, entry = await super().run(*arguments, **options)
        self.answered.set()  # there is an established connection of a real program
        return program, entry


async def prepare(lab: laboratory.Laboratory, activity: Activity, number: int) -> WatchedVisit:
    name = f"{activity.story.kind}-{number}"
    place = Place(lab, lab.network.host(name, "198.18"), f"{name}.example")
    service = await activity.open(place)
    client = lab.network.host(f"client of {name}", "10.20")
    visit = WatchedVisit(client, place, activity.story, lab.random(f"visit of {name}"), service)
    visit.answered = asyncio.Event()
    return visit


async def gets_on(lab: laboratory.Laboratory, activity: Activity, visit: WatchedVisit) -> None:
    using = asyncio.create_task(activity.use(visit))
    answered = asyncio.create_task(visit.answered.wait())
    await asyncio.wait({using, answered}, timeout=_PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
    assert visit.answered.is_set() or using.done(), "the client was not answered"
    assert not using.done() or using.exception() is None, f"the visit failed: {using.exception()}"
    using.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await using
    made = [entry for entry in lab.log.connections if entry.tuple[0] == visit.client.ipv4]
    assert made and all(entry.closed for entry in made), "a connection is not logged, or not said to be closed"


async def check_all(kinds: list[str]) -> int:
    laboratory.Network = OneNamespace
    lab = laboratory.Laboratory(1, WORK, Authority(WORK, 1))
    pairs = [(kind, number) for kind in kinds for number in range(_PLACES)]
    visits = [await prepare(lab, ACTIVITIES[kind], number) for kind, number in pairs]
    acts = (gets_on(lab, ACTIVITIES[visit.story.kind], visit) for visit in visits)
    results = await asyncio.gather(*acts, return_exceptions=True)
    await lab.close()
    failed = 0
    for (kind, number), result in zip(pairs, results, strict=True):
        if result:
            failed += 1
            print(f"{kind}, server {number}:", *traceback.format_exception(result))
    print(f"{len(kinds)} kinds, {_PLACES} servers each, {failed} failed")
    return 1 if failed else 0


def main() -> int:
    if problem := missing({}):
        print(f"skipped: the lab {problem}")
        return _SKIPPED
    present = []
    for kind in _KINDS:
        needs = ACTIVITIES[kind].needs
        if absent := [program for program in needs if not shutil.which(program)]:
            packages = " ".join(sorted({needs[program] for program in absent}))
            print(f"{kind} is left out: apt-get install --no-install-recommends {packages}")
        else:
            present.append(kind)
    return run_isolated(lambda: asyncio.run(check_all(present))) if present else _SKIPPED


if __name__ == "__main__":
    sys.exit(main())
