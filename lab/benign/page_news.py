# SPDX-License-Identifier: Apache-2.0
"""News a page is told while it is open: pushed through a WebSocket, or as answers that a long poll waits for.

The lab's own page and messages; WebSocket is RFC 6455, long polling RFC 6202.
"""

import asyncio
import json
from random import Random

from lab.activity import Place
from lab.websocket import Opcode, accept_websocket

PORT = 8443

_ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: "


class PageNews:
    """How a site tells its news; `script` is the page's half. Not every site has any."""

    def __init__(self, name: str, random: Random) -> None:
        self._random = random
        self._news_mean_s = random.uniform(2, 40)
        self._bytes_median = random.randrange(30, 600)
        self._ping_s = random.choice((0, 15, 20, 25, 30, 55))
        self._longest_poll_s = random.choice((10, 20, 25, 30, 55))
        way = random.choices(("", "websocket", "poll"), (6, 2, 2))[0]
        self.script = _SCRIPTS[way].replace("HOST", f"{name}:{PORT}")

    async def serve(self, place: Place) -> None:
        if "wss:" in self.script:
            await place.serve(PORT, self._push, tls=True)
        elif self.script:
            await place.serve(PORT, self._answer_polls, tls=True)

    async def _push(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        websocket = await accept_websocket(reader, writer)

        async def news() -> None:
            while True:
                await asyncio.sleep(self._random.expovariate(1 / self._news_mean_s))
                websocket.send_text(self._news())

        async def pings() -> None:
            while self._ping_s:
                await asyncio.sleep(self._ping_s)
                websocket.send(Opcode.PING)

        tasks = [asyncio.create_task(news()), asyncio.create_task(pings())]
        try:
            while frame := await websocket.receive():
                if frame[0] is Opcode.CLOSE:
                    websocket.send(Opcode.CLOSE)
                    return
        finally:
            for task in tasks:
                task.cancel()

    async def _answer_polls(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(min(self._random.expovariate(1 / self._news_mean_s), self._longest_poll_s))
            body = self._news()
            writer.write(f"{_ANSWER}{len(body)}\r\n\r\n{body}".encode())

    def _news(self) -> str:
        length = min(8000, int(self._random.lognormvariate(0, 0.8) * self._bytes_median))
        return json.dumps({"id": self._random.getrandbits(40), "text": "x" * length})


_SCRIPTS = {
    "": "",
    "websocket": """<script>
const s = new WebSocket('wss://HOST/news');
s.onopen = () => s.send('{"subscribe":"all"}');
</script>""",
    "poll": """<script>
(function poll() { fetch('https://HOST/poll').then((r) => r.text()).then(poll, () => setTimeout(poll, 5000)); })();
</script>""",
}
