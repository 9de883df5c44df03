#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How the emulated look-alikes behave for ten minutes each: both sides speak, nobody floods, all are drawn anew."""

import functools
import statistics
import sys
import unittest
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent.parent)]

from memory_network import ROUND_TRIP_S, MemoryVisit, visited  # noqa: E402
from virtual_time import run  # noqa: E402

from lab.benign import (  # noqa: E402
    amqp,
    bitcoin_peer,
    chat,
    database_stream,
    editing,
    electrum,
    ethereum_node,
    farm,
    file_sync,
    fix,
    game,
    grpc,
    http_push,
    iec104,
    kafka,
    language_server,
    lightning_peer,
    notifications,
    opcua,
    plant_polling,
    push_service,
    remote_screen,
    sip,
    telemetry,
    ticker,
    tunnelled,
    web_terminal,
    work_queue,
)
from lab.connection_log import BENIGN  # noqa: E402

_MODULES = (
    amqp,
    bitcoin_peer,
    chat,
    database_stream,
    editing,
    electrum,
    ethereum_node,
    farm,
    file_sync,
    fix,
    game,
    grpc,
    http_push,
    iec104,
    kafka,
    language_server,
    lightning_peer,
    notifications,
    opcua,
    plant_polling,
    push_service,
    remote_screen,
    sip,
    telemetry,
    ticker,
    tunnelled,
    web_terminal,
    work_queue,
)
_ACTIVITIES = {activity.story.kind: activity for module in _MODULES for activity in module.ACTIVITIES}
_SECONDS, _DRAWS = 600, range(4)
# Goodbyes wait for an answer, but not for long.
_LONGEST_GOODBYE_S = 3.0
# Of one side; a thousand connections share one event loop.
_MOST_WRITES_A_SECOND = 25
# These listen after they have said what they want, or speak once in a quarter of an hour.
_SAYS_LITTLE = {"server-sent-events", "push-service"}
# Graphite's lines are never answered.
_MAY_BE_UNANSWERED = {"metrics-push"}


@functools.cache
def watched(kind: str, seed: int) -> MemoryVisit:
    return run(visited(_ACTIVITIES[kind], _SECONDS, seed))


def sizes(kind: str, seed: int, up: bool) -> list[int]:
    return [size for connection in watched(kind, seed).connections for size in connection.sizes(up)]


class EachKind(unittest.TestCase):
    def test_no_kind_is_called_mining(self) -> None:
        for activity in _ACTIVITIES.values():
            self.assertEqual(activity.story.label, BENIGN)

    def test_both_sides_speak(self) -> None:
        for kind in _ACTIVITIES:
            for up in (True, False):
                spoken = statistics.fmean(len(sizes(kind, seed, up)) for seed in _DRAWS)
                few = kind in _SAYS_LITTLE or (kind in _MAY_BE_UNANSWERED and not up)
                self.assertGreaterEqual(spoken, 0.5 if few else 4, (kind, up))

    def test_nobody_floods(self) -> None:
        for kind in _ACTIVITIES:
            for up in (True, False):
                written = max(len(sizes(kind, seed, up)) for seed in _DRAWS)
                self.assertLess(written, _MOST_WRITES_A_SECOND * _SECONDS, (kind, up))

    def test_every_place_and_client_is_drawn_anew(self) -> None:
        for kind in _ACTIVITIES:
            totals = {(sum(sizes(kind, seed, True)), sum(sizes(kind, seed, False))) for seed in _DRAWS}
            self.assertEqual(len(totals), len(_DRAWS), kind)

    def test_a_client_that_leaves_is_gone_soon(self) -> None:
        for kind in _ACTIVITIES:
            for seed in _DRAWS:
                closed = watched(kind, seed).connections[-1].closed
                assert closed is not None
                self.assertLess(closed, _SECONDS + _LONGEST_GOODBYE_S + ROUND_TRIP_S, kind)

    def test_pages_come_through_the_guard(self) -> None:
        for seed in _DRAWS:
            self.assertGreater(sum(sizes("tor-browsing", seed, False)), 2 * sum(sizes("tor-browsing", seed, True)))

    def test_the_same_seed_makes_the_same_conversation(self) -> None:
        for kind in ("job-queue", "iec104", "stock-fix"):
            first, second = (run(visited(_ACTIVITIES[kind], 120, 7)) for _ in range(2))
            self.assertEqual(
                [connection.sizes(True) for connection in first.connections],
                [connection.sizes(True) for connection in second.connections],
                kind,
            )


if __name__ == "__main__":
    unittest.main()
