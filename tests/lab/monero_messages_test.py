#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sizes and rhythm of the Monero family's messages against what was published or measured on public captures.

Payload bytes, line feed included. Measured: CJ-Sniffer's, nDPI's and zeek-cryptomining's captures (login 489-550, job
378-442, submit 183-187, reply 63-66 of XMRig at f2pool; 183, 253 and 63 of xmr-stak; logins 108-182, replies 278-381
and jobs 242-310 of 2018). Other bounds follow from the messages of xmrig-proxy's doc/STRATUM.md and nodejs-pool with
ids of 15 to 36 characters.
"""

import base64
import functools
import json
import statistics
import sys
import unittest
from pathlib import Path
from random import Random

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent.parent)]

from memory_network import Connection, MemoryVisit, visited  # noqa: E402
from virtual_time import run  # noqa: E402

from lab.identifier import BASE64_28, DIGITS_15, HEX_8, UUID_36  # noqa: E402
from lab.miners import (  # noqa: E402
    hidden_miner,
    polling_bot,
    self_select,
    tor_circuit,
    xmr_stak,
    xmrig_pools,
    xmrig_proxy,
    xmrig_solo,
)
from lab.miners.json_rpc import Envelope, line  # noqa: E402
from lab.miners.monero_job import (  # noqa: E402
    FIELDS_OF_2018,
    JobStyle,
    Template,
    difficulty_of,
    target,
)
from lab.miners.xmr_stak import StakWords  # noqa: E402
from lab.miners.xmrig import XmrigWords  # noqa: E402
from lab.wrapping.tor_cell import CELL_BYTES  # noqa: E402

_MODULES = (hidden_miner, polling_bot, self_select, tor_circuit, xmr_stak, xmrig_pools, xmrig_proxy, xmrig_solo)
_ACTIVITIES = {activity.story.kind: activity for module in _MODULES for activity in module.ACTIVITIES}
_JSON_LINES = ("xmrig-plain", "xmrig-tls", "xmrig-nicehash", "xmrig-to-proxy", "xmrig-high-difficulty", "xmr-stak")
_DRAWS = range(6)
_HOUR = 3600


@functools.cache
def watched(kind: str, seed: int, seconds: float = 2 * _HOUR) -> MemoryVisit:
    return run(visited(_ACTIVITIES[kind], seconds, seed))


def sizes(visit: MemoryVisit, up: bool, part: bytes) -> list[int]:
    return [
        len(written.data)
        for connection in visit.connections
        for written in connection.writes
        if written.up == up and part in written.data
    ]


def replies(visit: MemoryVisit) -> list[int]:
    """To submits; a login is answered with a job."""
    return [
        len(written.data)
        for connection in visit.connections
        for written in connection.writes
        if not written.up and b'"job"' not in written.data and b"KEEPALIVED" not in written.data
    ]


class Sizes(unittest.TestCase):
    def assert_within(self, least: int, most: int, found: list[int]) -> None:
        self.assertTrue(found, "nothing was said")
        self.assertGreaterEqual(min(found), least)
        self.assertLessEqual(max(found), most)

    def test_login_with_algorithms_is_as_long_as_measured(self) -> None:
        logins = []
        for seed in range(300):
            words = XmrigWords.drawn(Random(seed))
            logins.append((len(line(words.login())), bool(words.algorithms)))
        self.assert_within(470, 600, [size for size, known in logins if known])
        measured = [size for size, known in logins if known and 489 <= size <= 560]
        self.assertGreater(len(measured), 0.5 * len(logins))
        self.assert_within(190, 275, [size for size, known in logins if not known])

    def test_submit_is_185_bytes_with_short_ids_and_grows_with_them(self) -> None:
        for id_style, least, most in ((HEX_8, 183, 187), (DIGITS_15, 197, 201), (UUID_36, 239, 243)):
            words = XmrigWords.drawn(Random(3))
            words.says_algorithm = False
            words.login()
            found = []
            for number in range(120):
                id_ = id_style.draw(Random(number))
                found.append(len(line(words.submit(id_, {"job_id": id_}, 8 * "0", 64 * "0"))))
            self.assert_within(least, most, found)

    def test_pushed_jobs_are_as_long_as_those_of_their_years(self) -> None:
        for style, least, most in (
            (JobStyle(DIGITS_15, FIELDS_OF_2018), 253, 255),  # xmr-stak's 253 in nDPI's capture
            (JobStyle(BASE64_28, FIELDS_OF_2018), 242, 310),
            (JobStyle(BASE64_28, ("blob", "job_id", "target", "algo", "height", "seed_hash")), 376, 378),
        ):
            self.assert_within(least, most, [len(_pushed(style, seed)) for seed in range(200)])
        self.assert_within(340, 540, [len(_pushed(JobStyle.drawn(Random(seed)), seed)) for seed in range(200)])
        for seed in range(50):
            self.assertGreater(len(_pushed(JobStyle.for_proxies(Random(seed)), seed)), 700)

    def test_xmr_stak_s_submit_is_183_bytes_as_measured(self) -> None:
        for seed in range(50):
            words = StakWords.drawn(Random(seed), ())
            self.assert_within(215, 300, [len(line(words.login()))])
            ids = DIGITS_15.draw(Random(seed))
            self.assert_within(183, 183, [len(line(words.submit(ids, {"job_id": ids}, 8 * "0", 64 * "0")))])

    def test_replies_and_refusals_are_as_long_as_measured(self) -> None:
        for seed in range(100):
            envelope = Envelope.drawn(Random(seed))
            spaces = 9 if envelope.spaced else 0
            for number in (1, 23, 4567):
                self.assert_within(63, 66 + spaces, [len(envelope.reply(number, {"status": "OK"}))])
                self.assert_within(71, 75 + spaces, [len(envelope.reply(number, {"status": "KEEPALIVED"}))])
                self.assert_within(75, 100 + spaces, [len(envelope.error(number, "Low difficulty share"))])
                self.assert_within(69, 100 + spaces, [len(envelope.error(number, "Block expired"))])

    def test_conversations_keep_within_the_family_s_bounds(self) -> None:
        for kind in _JSON_LINES:
            for seed in _DRAWS:
                with self.subTest(kind=kind, seed=seed):
                    visit = watched(kind, seed, _HOUR)
                    self.assert_within(170, 620, sizes(visit, True, b'login"'))
                    self.assert_within(242, 720, sizes(visit, False, b'"job"'))
                    if submits := sizes(visit, True, b'submit"'):
                        self.assert_within(166, 300, submits)
                        self.assert_within(63, 110, replies(visit))

    def test_refused_shares_are_answered_with_an_error_and_few(self) -> None:
        good = sum(len(replies(watched("xmrig-plain", seed, _HOUR))) for seed in _DRAWS)
        refused = [size for seed in _DRAWS for size in sizes(watched("xmrig-plain", seed, _HOUR), False, b'"code"')]
        self.assert_within(69, 110, refused)
        self.assertLess(len(refused), 0.1 * good)

    def test_padded_pushes_are_of_few_sizes(self) -> None:
        bucketed = 0
        for seed in _DRAWS:
            visit = watched("miner-tls-443", seed, _HOUR)
            bucket = visit.service.bucket_bytes
            if bucket < 2:
                continue
            bucketed += 1
            found = [size for connection in visit.connections for size in connection.sizes(False)]
            # With other servers of other habits a miner fails over.
            habits = {service.bucket_bytes for service in visit.services}
            self.assertTrue(all(any(size % width == 0 for width in habits) for size in found), found)
        self.assertGreater(bucketed, 0)

    def test_everything_through_tor_is_whole_cells_but_the_handshake(self) -> None:
        for seed in _DRAWS:
            visit = watched("miner-tor-cells", seed, _HOUR)
            for connection in visit.connections:
                for up in (True, False):
                    first, *others = connection.sizes(up)
                    self.assertEqual([], [size for size in others if size % CELL_BYTES])
                    self.assertNotEqual(0, first % CELL_BYTES)

    def test_bots_say_nothing_that_a_web_application_would_not(self) -> None:
        for seed in _DRAWS:
            visit = watched("miner-http-polling", seed, _HOUR)
            for connection in visit.connections:
                for written in connection.writes:
                    self.assertRegex(written.data, rb"^(POST /\S+ HTTP/1\.1|HTTP/1\.1 (200|204) )")


class Rhythm(unittest.TestCase):
    def test_pauses_between_shares_are_exponential(self) -> None:
        """Real streams: standard deviation over mean .93 to .99. At one difficulty: one that was asked for stays."""
        ratios = []
        for seed in range(16):
            for connection in watched("xmrig-plain", seed).connections:
                if b"+" not in connection.writes[0].data:
                    continue
                times = connection.times(True, b'"submit"')
                gaps = [later - earlier for earlier, later in zip(times, times[1:])]
                if len(gaps) >= 200:
                    ratios.append(statistics.stdev(gaps) / statistics.mean(gaps))
        self.assertGreaterEqual(len(ratios), 3)
        self.assertAlmostEqual(1.0, statistics.median(ratios), delta=0.1)

    def test_pools_bring_miners_to_the_share_time_they_aim_at(self) -> None:
        checked = 0
        for seed in range(16):
            visit = watched("xmr-stak", seed)
            aim = visit.service.style.share_target_s
            times = visit.connections[0].times(True, b'"submit"')
            if len(times) < 80:
                continue
            checked += 1
            late = times[len(times) // 2 :]
            mean = (late[-1] - late[0]) / (len(late) - 1)
            self.assertGreater(mean, aim / 2)
            self.assertLess(mean, aim * 2)
        self.assertGreaterEqual(checked, 5)

    def test_high_difficulty_gives_hardly_a_share(self) -> None:
        shares = [
            len(connection.times(True, b'"submit"'))
            for seed in range(16)
            for connection in watched("xmrig-high-difficulty", seed, _HOUR).connections
            if not _is_donation(connection)
        ]
        self.assertLess(statistics.mean(shares), 1)

    def test_a_silent_line_is_kept_alive_each_minute(self) -> None:
        kept = 0
        for seed in range(16):
            for connection in watched("xmrig-high-difficulty", seed, _HOUR).connections:
                if not connection.times(True, b"keepalived"):
                    continue
                kept += 1
                everything = sorted(written.at for written in connection.writes)
                silences = [later - earlier for earlier, later in zip(everything, everything[1:])]
                self.assertLess(max(silences), 62)
        self.assertGreater(kept, 3)

    def test_a_proxy_tells_of_more_shares_than_a_miner(self) -> None:
        proxies = [len(sizes(watched("xmrig-proxy", seed, _HOUR), True, b'"submit"')) for seed in _DRAWS]
        miners = [len(sizes(watched("xmrig-plain", seed, _HOUR), True, b'"submit"')) for seed in _DRAWS]
        self.assertGreater(statistics.median(proxies), 2 * statistics.median(miners))

    def test_pools_of_a_coin_see_its_blocks_together(self) -> None:
        visits = [watched("xmrig-plain", seed, _HOUR) for seed in range(6)]
        for visit in visits:
            chains = [service._chain for service in visit.services]
            if len({service.style.job.algorithm for service in visit.services}) == 1:
                self.assertEqual(1, len({chain.height for chain in chains}))


class Behaviour(unittest.TestCase):
    def test_each_kind_talks_for_an_hour_without_a_fault_and_differs_by_seed(self) -> None:
        for kind in _ACTIVITIES:
            seen = set()
            for seed in _DRAWS:
                with self.subTest(kind=kind, seed=seed):
                    visit = watched(kind, seed, _HOUR)
                    self.assertTrue(any(connection.sizes(False) for connection in visit.connections))
                    writes = [written for connection in visit.connections for written in connection.writes]
                    seen.add(tuple((round(written.at, 2), len(written.data)) for written in writes[:20]))
            self.assertEqual(len(seen), len(_DRAWS), kind)

    def test_same_seed_same_conversation(self) -> None:
        for kind in _ACTIVITIES:
            first, second = watched(kind, 5, 600), watched(kind, 5, 600)
            self.assertEqual(
                [c.writes[:3] and c.sizes(True) for c in first.connections],
                [c.writes[:3] and c.sizes(True) for c in second.connections],
                kind,
            )

    def test_miners_come_back_when_their_pool_restarts(self) -> None:
        returns = [
            later.opened - earlier.closed
            for seed in range(16)
            for visit in [watched("xmrig-to-proxy", seed)]
            for earlier, later in zip(visit.connections, visit.connections[1:])
            if earlier.closed and later.opened > earlier.closed
        ]
        self.assertGreater(len(returns), 10)
        self.assertLess(statistics.median(returns), 60)

    def test_a_donation_is_a_second_connection_of_a_few_minutes(self) -> None:
        donations = [
            connection.closed - connection.opened
            for seed in range(16)
            for connection in watched("xmrig-tls", seed).connections
            if connection.closed and _is_donation(connection)
        ]
        self.assertGreater(len(donations), 5)
        self.assertLessEqual(max(donations), 302)

    def test_a_share_s_difficulty_survives_the_wire(self) -> None:
        for digits in (8, 16):
            for difficulty in (100, 4_321, 250_000, 9_000_000):
                read_back = difficulty_of({"target": target(difficulty, digits)})
                self.assertAlmostEqual(1.0, read_back / difficulty, delta=0.01)

    def test_a_bot_s_poll_names_itself(self) -> None:
        visit = watched("miner-http-polling", 1, 120)
        body = visit.connections[0].writes[0].data.partition(b"\r\n\r\n")[2]
        asked = json.loads(base64.b64decode(body) if visit.service.encoded else body)
        self.assertEqual({"id", "hr", "seen"}, set(asked))


def _is_donation(connection: Connection) -> bool:
    """The author's login is a hash of 64 digits, not an address."""
    if not connection.writes:
        return False
    login = json.loads(connection.writes[0].data)["params"]["login"]
    return len(login) == 64


def _pushed(style: JobStyle, seed: int) -> bytes:
    random = Random(seed)
    template = Template.drawn(3_100_000 + seed, random, (64 * "a", 64 * "b"))
    job = style.job(template, int(random.uniform(1_000, 500_000)), UUID_36.draw(random), random)
    return Envelope().notice("job", job)


if __name__ == "__main__":
    unittest.main()
