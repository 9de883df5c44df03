#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sizes and rhythm of the Ethereum, Bitcoin, Stratum V2, Equihash, KawPow and Kaspa dialects against public figures.

Payload bytes, line feed included. Measured on public captures (nDPI's mining.pcapng, nicehash/Specifications'
dwarf_s.pcapng, zeek-cryptomining's bitcoin captures): the numbers in `MEASURED`. What a pool's or miner's software may
add to a message without another meaning - "jsonrpc":"2.0", spaces, an empty error, longer names - is allowed for in
`_FREEDOM`. Stratum V2's sizes are those its specification fixes to the byte.
"""

import functools
import json
import statistics
import sys
import unittest
from collections import defaultdict
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent.parent)]

from memory_network import Connection, MemoryVisit, visited  # noqa: E402
from virtual_time import run  # noqa: E402

from lab.miners import (  # noqa: E402
    btc_getwork,
    btc_stratum,
    equihash,
    eth_proxy,
    eth_stratum,
    eth_stratum2,
    kaspa,
    kawpow,
    nicehash_other,
    stratum_v2,
)

_MODULES = (
    btc_getwork, btc_stratum, equihash, eth_proxy, eth_stratum, eth_stratum2, kaspa, kawpow, nicehash_other, stratum_v2,
)  # fmt: skip
_ACTIVITIES = {activity.story.kind: activity for module in _MODULES for activity in module.ACTIVITIES}
_DRAWS = range(10)
_WATCHED_S = 2000.0
# Templates are long to write, and Kaspa's jobs many.
_WATCHED_SHORTER_S = {"btc-getwork-http": 600.0, "kaspa-stratum": 1000.0}
_REPLY, _WORK = "reply", "work"

# By kind and message: smallest and largest size published or measured (up: from the miner).
MEASURED = {
    ("eth-proxy-polled", True, "eth_submitLogin"): (125, 174),
    ("eth-proxy-polled", True, "eth_getWork"): (81, 81),
    ("eth-proxy-polled", True, "eth_submitWork"): (205, 205),
    ("eth-proxy-polled", True, "eth_submitHashrate"): (147, 148),
    ("eth-proxy-polled", False, _WORK): (243, 248),
    ("eth-proxy-polled", False, _REPLY): (39, 40),
    ("eth-proxy-pushed", True, "eth_submitLogin"): (125, 174),
    ("eth-proxy-pushed", True, "eth_getWork"): (44, 44),
    ("eth-proxy-pushed", True, "eth_submitWork"): (222, 261),
    ("eth-proxy-pushed", True, "eth_submitHashrate"): (200, 200),
    ("eth-proxy-pushed", False, _WORK): (243, 248),
    ("eth-stratum1", True, "mining.subscribe"): (90, 90),
    ("eth-stratum1", True, "mining.submit"): (100, 125),
    ("eth-stratum1", False, "mining.notify"): (198, 198),
    ("btc-stratum", True, "mining.subscribe"): (69, 75),
    ("btc-stratum", True, "mining.submit"): (104, 125 + len(',"1fffe000"')),
    ("btc-stratum", False, "mining.set_difficulty"): (62, 62),
    ("btc-stratum", False, _REPLY): (36, 41),
    ("zcash-stratum", True, "mining.subscribe"): (98, 98),
    ("zcash-stratum", True, "mining.authorize"): (93, 95),
    ("zcash-stratum", True, "mining.submit"): (2876, 2878),
    ("zcash-stratum", False, "mining.set_target"): (119, 119),
    ("zcash-stratum", False, "mining.notify"): (310, 310),
    ("zcash-stratum", False, _REPLY): (25, 38),
    ("kawpow-stratum", True, "mining.submit"): (250, 250),
    ("kawpow-stratum", False, "mining.notify"): (280, 290),
    ("kaspa-stratum", True, "mining.submit"): (110, 170),
    ("kaspa-stratum", False, "mining.notify"): (150, 170),
}
# "jsonrpc" 16-18, an empty error 13-15, names and job ids 30 either way, a space behind up to a dozen separators.
_FREEDOM = 56


@functools.cache
def watched(kind: str, seed: int) -> MemoryVisit:
    return run(visited(_ACTIVITIES[kind], _WATCHED_SHORTER_S.get(kind, _WATCHED_S), seed))


def all_watched(kind: str) -> list[MemoryVisit]:
    return [watched(kind, seed) for seed in _DRAWS]


def connections(kind: str) -> list[Connection]:
    return [connection for visit in all_watched(kind) for connection in visit.connections]


def name_of(data: bytes) -> str:
    """Its method; several messages of one write joined with "+"."""
    names = []
    for text in data.splitlines():
        message = json.loads(text)
        result = _WORK if isinstance(message.get("result"), (list, dict)) else _REPLY
        names.append(message.get("method") or ("error" if message.get("error") else result))
    return "+".join(names)


@functools.cache
def sizes_by_name(kind: str) -> dict[tuple[bool, str], list[int]]:
    found: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for connection in connections(kind):
        for written in connection.writes:
            found[written.up, name_of(written.data)].append(len(written.data))
    return found


def sizes(kind: str, up: bool, name: str) -> list[int]:
    return sizes_by_name(kind).get((up, name), [])


class JsonSizes(unittest.TestCase):
    def test_messages_are_as_long_as_those_measured(self) -> None:
        for (kind, up, name), (least, most) in MEASURED.items():
            with self.subTest(kind=kind, name=name):
                found = sizes(kind, up, name)
                self.assertGreater(len(found), 0)
                self.assertGreaterEqual(min(found), least - _FREEDOM)
                self.assertLessEqual(max(found), most + _FREEDOM)

    def test_a_zcash_share_takes_two_segments_and_more_than_all_that_comes_down(self) -> None:
        for visit in all_watched("zcash-stratum"):
            up = sum(size for connection in visit.connections for size in connection.sizes(True))
            down = sum(size for connection in visit.connections for size in connection.sizes(False))
            self.assertGreater(up, down)
        self.assertGreater(min(sizes("zcash-stratum", True, "mining.submit")), 1460)

    def test_equihash_of_other_parameters_has_shares_of_one_segment(self) -> None:
        found = sizes("equihash-144", True, "mining.submit")
        self.assertGreater(min(found), 2 * (52 + 1) + 60)
        self.assertLess(max(found), 1460)

    def test_a_bitcoin_job_is_smaller_or_larger_than_a_segment_by_branches_and_coinbase(self) -> None:
        found = sizes("btc-stratum", False, "mining.notify")
        self.assertLess(min(found), 1172)
        self.assertGreater(max(found), 1460)
        self.assertTrue(any(1172 <= size <= 1374 for size in found))

    def test_pools_and_miners_of_a_kind_differ(self) -> None:
        for kind, up, name in MEASURED:
            if kind in ("eth-stratum1", "btc-stratum", "kawpow-stratum", "kaspa-stratum") and name != _REPLY:
                with self.subTest(kind=kind, name=name):
                    self.assertGreater(len(set(sizes(kind, up, name))), 2)


class StratumV2Sizes(unittest.TestCase):
    # Header 6 and, of each, payload (sv2-spec 05).
    SHARE, SHARE_SUCCESS, JOBS, NEW_PREVIOUS_HASH, TARGET = 24, 20, (45, 49), 48, 36
    KINDS = (("stratum-v2", 6), ("stratum-v2-noise", 6 + 16 + 16))

    def test_frames_have_the_specified_lengths_and_16_bytes_more_a_part_with_noise(self) -> None:
        for kind, around in self.KINDS:
            up = {size for connection in connections(kind) for size in connection.sizes(True)}
            down = {size for connection in connections(kind) for size in connection.sizes(False)}
            with self.subTest(kind=kind):
                self.assertIn(self.SHARE + around, up)
                for payload in (self.SHARE_SUCCESS, *self.JOBS, self.NEW_PREVIOUS_HASH, self.TARGET):
                    self.assertIn(payload + around, down)

    def test_noise_begins_with_64_bytes_up_and_234_down(self) -> None:
        for connection in connections("stratum-v2-noise"):
            if connection.writes:
                self.assertEqual(connection.sizes(True)[0], 64)
                self.assertIn(connection.sizes(False)[:1], ([], [234]))

    def test_some_pools_acknowledge_several_shares_at_once(self) -> None:
        answers_a_share = []
        for visit in all_watched("stratum-v2"):
            up = [size for connection in visit.connections for size in connection.sizes(True)]
            down = [size for connection in visit.connections for size in connection.sizes(False)]
            shares = sum(1 for size in up if 30 <= size <= 63)
            answers_a_share.append(down.count(self.SHARE_SUCCESS + 6) / shares)
        self.assertLess(min(answers_a_share), 0.7)
        self.assertGreater(max(answers_a_share), 0.9)


class Rhythm(unittest.TestCase):
    def test_shares_come_at_exponential_gaps_where_the_difficulty_is_fixed(self) -> None:
        spreads = []
        for seed in _DRAWS:
            visit = watched("eth-proxy-polled", seed)
            if visit.service.habits.vardiff is None:
                times = max((connection.times(True, b"submitWork") for connection in visit.connections), key=len)
                gaps = [after - before for before, after in zip(times, times[1:])]
                if len(gaps) > 100:
                    spreads.append(statistics.stdev(gaps) / statistics.mean(gaps))
        self.assertGreater(len(spreads), 1)
        for spread in spreads:
            self.assertAlmostEqual(spread, 1.0, delta=0.25)

    def test_shares_are_3_to_20_a_minute_as_a_rule(self) -> None:
        for kind in ("eth-proxy-pushed", "eth-stratum1", "btc-stratum", "zcash-stratum", "kawpow-stratum"):
            name = b"eth_submitWork" if kind == "eth-proxy-pushed" else b"mining.submit"
            rates = [
                sum(len(connection.times(True, name)) for connection in visit.connections) / (_WATCHED_S / 60)
                for visit in all_watched(kind)
            ]
            with self.subTest(kind=kind):
                self.assertTrue(2 < statistics.median(rates) < 20, rates)

    def test_claymore_asks_for_work_on_a_clock(self) -> None:
        for connection in connections("eth-proxy-polled"):
            times = connection.times(True, b"getWork")
            gaps = {round(after - before, 3) for before, after in zip(times, times[1:])}
            self.assertLessEqual(len(gaps), 1)
            self.assertLessEqual(gaps, {3.0, 5.0, 10.0, 15.0})

    def test_bitcoin_jobs_come_each_20_to_70_seconds_and_at_blocks(self) -> None:
        for connection in connections("btc-stratum"):
            times = connection.times(False, b"mining.notify")
            gaps = [after - before for before, after in zip(times, times[1:])]
            if gaps:
                self.assertLess(max(gaps), 150)  # 60 s and what a silent pool leaves out
        longest = max(connections("btc-stratum"), key=lambda connection: len(connection.writes))
        times = longest.times(False, b"mining.notify")
        gaps = [after - before for before, after in zip(times, times[1:])]
        self.assertTrue(15 < statistics.median(gaps) < 75)

    def test_kaspa_jobs_come_about_each_second(self) -> None:
        for visit in all_watched("kaspa-stratum"):
            longest = max(visit.connections, key=lambda connection: len(connection.writes))
            times = longest.times(False, b"mining.notify")
            self.assertTrue(0.09 < (times[-1] - times[0]) / len(times) < 2.5)

    def test_few_shares_are_refused(self) -> None:
        for kind in ("eth-stratum1", "btc-stratum", "zcash-stratum", "kawpow-stratum", "kaspa-stratum"):
            refused, shares = len(sizes(kind, False, "error")), len(sizes(kind, True, "mining.submit"))
            with self.subTest(kind=kind):
                self.assertLess(refused / shares, 0.05)


class Lives(unittest.TestCase):
    def test_a_miner_dials_again_when_its_pool_has_restarted(self) -> None:
        for kind in _ACTIVITIES:
            with self.subTest(kind=kind):
                self.assertTrue(any(len(visit.connections) > 1 for visit in all_watched(kind)))

    def test_every_kind_has_long_conversations(self) -> None:
        for kind in _ACTIVITIES:
            with self.subTest(kind=kind):
                longest = max(len(connection.writes) for connection in connections(kind))
                self.assertGreater(longest, 100)

    def test_the_same_seed_says_the_same(self) -> None:
        for kind in ("eth-proxy-pushed", "stratum-v2-noise"):
            first, second = (run(visited(_ACTIVITIES[kind], 300, 5)) for _ in range(2))
            self.assertEqual(
                [connection.sizes(True) for connection in first.connections],
                [connection.sizes(True) for connection in second.connections],
            )


if __name__ == "__main__":
    unittest.main()
