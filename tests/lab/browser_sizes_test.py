#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Chromium on a page with miner.js, and the light emulator, at one and the same pool: messages of the same lengths.

Needs Chromium; otherwise exits with 77 (skipped). Everything stays on the loopback interface.
"""

import asyncio
import contextlib
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import defaultdict
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab.browser.chromium import chromium  # noqa: E402
from lab.browser.mining_page import SCRIPT, PageSettings  # noqa: E402
from lab.miners import browser_messages as messages  # noqa: E402
from lab.miners.browser_messages import COINHIVE, COINHIVE_OPT_IN, COINIMP, CRYPTO_LOOT, Wire  # noqa: E402
from lab.miners.browser_miner import BrowserMiner, mine_in_browser, open_page_socket  # noqa: E402
from lab.websocket import accept_websocket  # noqa: E402

SKIPPED = 77
MOST_WAIT_S = 60  # ends a test that would hang
SHARES = 5
# So fast that its waits take no time: 10 million hashes a second at difficulty 256.
MINER = BrowserMiner(2, 5e6, 0.0, ["Host: localhost"], False, b"")
JOB = {"job_id": 15 * "7", "blob": 152 * "a", "target": "ffffff00"}


class ListeningPool:
    """Sends a job and a share to verify, and notes the length of each text it is sent, by type."""

    def __init__(self, wire):
        self.lengths = defaultdict(set)
        self.enough = asyncio.Event()
        self._wire, self._shares = wire, 0

    async def talk(self, reader, writer):
        websocket = await accept_websocket(reader, writer)
        async for payload in websocket.payloads():
            kind = self._wire.read(payload)["type"]
            self.lengths[kind].add(len(payload))
            if kind == "auth":
                for answer, params in (("authed", {"token": "", "hashes": 0}), ("job", JOB)):
                    websocket.send_text(self._wire.write(answer, params))
                websocket.send_text(self._wire.write("verify", messages.verify(Random(1))))
            self._shares += kind == "submit"
            if self._shares >= SHARES and "verified" in self.lengths:
                self.enough.set()
        writer.close()


async def answer_with_page(reader, writer):
    page = b"<!doctype html><title>page</title><script>" + SCRIPT.read_bytes() + b"</script>"
    with contextlib.suppress(asyncio.IncompleteReadError):  # Chromium opens connections that it may need
        await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n")
    writer.write(b"Content-Length: %d\r\n\r\n" % len(page) + page)
    writer.close()


@contextlib.asynccontextmanager
async def listening(talk):
    """The port of a server."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def start_quietly(command, **options):
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )


async def lengths_of_browser(library, wire, auth, folder):
    pool = ListeningPool(wire)
    async with (
        asyncio.timeout(MOST_WAIT_S),
        listening(pool.talk) as pool_port,
        listening(answer_with_page) as page_port,
        chromium(start_quietly, folder, {"localhost": "127.0.0.1"}) as browser,
    ):
        settings = PageSettings(
            f"ws://localhost:{pool_port}/proxy", auth, library.version, wire.in_base64,
            MINER.threads, MINER.hashes_per_s_and_thread, MINER.throttle, one_tab=True, seed=1,
        )  # fmt: skip
        tab = await browser.open_tab()
        await tab.go(f"http://localhost:{page_port}/{settings.fragment()}")
        await pool.enough.wait()
    return dict(pool.lengths)


async def lengths_of_emulator(library, wire, key):
    pool = ListeningPool(wire)
    async with asyncio.timeout(MOST_WAIT_S), listening(pool.talk) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        websocket = await open_page_socket(MINER, "/proxy", reader, writer)
        mining = asyncio.create_task(mine_in_browser(MINER, library, wire, websocket, key, Random(2), 1.0))
        await pool.enough.wait()
        mining.cancel()
        await asyncio.gather(mining, return_exceptions=True)
        writer.close()
    return dict(pool.lengths)


class BrowserSizesTest(unittest.TestCase):
    maxDiff = None

    def both(self, library, in_base64=False):
        wire, key = Wire(in_base64), messages.site_key(library, Random(1))
        with tempfile.TemporaryDirectory() as folder:
            auth = messages.auth(library, key, Random(2))
            browser = asyncio.run(lengths_of_browser(library, wire, auth, Path(folder, "profile")))
        return browser, asyncio.run(lengths_of_emulator(library, wire, key))

    def test_browser_and_emulator_send_messages_of_the_same_lengths(self):
        for library in (COINHIVE_OPT_IN, CRYPTO_LOOT):
            with self.subTest(library.name):
                browser, emulator = self.both(library)
                self.assertEqual(browser, emulator)

    def test_so_they_do_in_base64(self):
        browser, emulator = self.both(COINIMP, in_base64=True)
        self.assertEqual(browser, emulator)

    def test_their_lengths_are_those_of_the_public_capture(self):
        """On the wire 199 and 182: 29 bytes more of TLS 1.2, 8 more of a masked frame."""
        for lengths in self.both(COINHIVE):
            self.assertEqual((lengths["submit"], lengths["verified"]), ({162}, {145}))


if __name__ == "__main__":
    if not shutil.which("chromium"):
        print("skipped: needs Chromium; install it with: apt-get install --no-install-recommends chromium")
        sys.exit(SKIPPED)
    unittest.main()
