#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bridge between a browser's WebSocket and a pool's lines, each end played by the test."""

import asyncio
import json
import sys
import unittest
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab.local_connection import local_connection  # noqa: E402
from lab.miners.browser_messages import Wire  # noqa: E402
from lab.miners.stratum_bridge import BridgeStyle, StratumBridge  # noqa: E402
from lab.websocket import accept_websocket, open_websocket  # noqa: E402

MOST_WAIT_S = 20  # ends a test that would hang
JOB = {"blob": "aa", "job_id": "7", "target": "ffffff00", "id": "session", "height": 9, "seed_hash": "bb"}
SHARE = {"job_id": "7", "nonce": "0a0b0c0d", "result": "ee"}


def style(deepminer):
    return BridgeStyle("WALLET", "x", "agent", deepminer, deepminer, numbers_requests=True, rigid=False)


class StratumBridgeTest(unittest.TestCase):
    def said(self, style_, answers):
        """What the browser and the pool hear when the browser logs in and finds two shares."""
        return asyncio.run(self._said(style_, answers))

    async def _said(self, style_, answers):
        heard_by_pool, heard_by_browser = [], []

        async def pool(reader, writer):
            for answer in answers:
                heard_by_pool.append(json.loads(await reader.readline()))
                writer.write(json.dumps(answer | {"id": heard_by_pool[-1]["id"]}).encode() + b"\n")
            await reader.read()

        async def bridge(reader, writer):
            websocket = await accept_websocket(reader, writer)
            async with local_connection(pool) as ends:
                await StratumBridge(style_, Wire(), websocket, ends, Random(1)).run()

        async with asyncio.timeout(MOST_WAIT_S), local_connection(bridge) as (reader, writer):
            websocket = await open_websocket(reader, writer, "GET /proxy HTTP/1.1", ["Host: bridge.example"])
            submit = {"type": "submit", "params": {"version": 7} | SHARE}
            for message in ({"type": "auth", "params": {}}, submit, submit):
                websocket.send_text(json.dumps(message))
                for _ in range(2 if message["type"] == "auth" else 1):
                    heard_by_browser.append(json.loads((await websocket.receive())[1]))
        return heard_by_pool, heard_by_browser

    LOGGED_IN = {"error": None, "result": {"id": "session", "job": JOB, "status": "OK"}}
    ACCEPTED = {"error": None, "result": {"status": "OK"}}
    REFUSED = {"error": {"code": -1, "message": "Low difficulty share"}}

    def test_the_pool_hears_a_login_and_shares_of_that_session(self):
        pool, _ = self.said(style(False), [self.LOGGED_IN, self.ACCEPTED, self.ACCEPTED])
        login = {"login": "WALLET", "pass": "x", "agent": "agent"}
        self.assertEqual(pool[0], {"method": "login", "params": login, "id": 1})
        self.assertEqual(pool[2], {"method": "submit", "params": {"id": "session"} | SHARE, "id": 3})

    def test_the_browser_hears_three_fields_of_a_job_and_hashes_of_its_difficulty(self):
        _, browser = self.said(style(False), [self.LOGGED_IN, self.ACCEPTED, self.ACCEPTED])
        short = {key: JOB[key] for key in ("job_id", "blob", "target")}
        authed = {"type": "authed", "params": {"token": "", "hashes": 0}}
        self.assertEqual(browser[:2], [authed, {"type": "job", "params": short}])
        self.assertEqual([message["params"] for message in browser[2:]], [{"hashes": 256}, {"hashes": 512}])

    def test_deepminer_passes_the_job_on_and_counts_shares(self):
        _, browser = self.said(style(True), [self.LOGGED_IN, self.ACCEPTED, self.ACCEPTED])
        self.assertEqual(browser[1], {"type": "job", "params": JOB})
        self.assertEqual([message["params"] for message in browser[2:]], [{"hashes": 1}, {"hashes": 2}])

    def test_a_refused_share_is_an_error_and_counts_nothing(self):
        _, browser = self.said(style(True), [self.LOGGED_IN, self.REFUSED, self.ACCEPTED])
        self.assertEqual(browser[2], {"type": "error", "params": {"error": "Low difficulty share"}})
        self.assertEqual(browser[3], {"type": "hash_accepted", "params": {"hashes": 1}})


if __name__ == "__main__":
    unittest.main()
