# SPDX-License-Identifier: Apache-2.0
"""A phone at its exchange: SIP over TLS or TCP, media elsewhere. Registrations, keepalives, calls, busy lamps.

RFC 3261 (messages, REGISTER with digest authentication, INVITE/180/200/ACK/BYE), RFC 5626 §4.4.1 (CRLF CRLF as
keepalive, answered CRLF), RFC 3265/4235 (SUBSCRIBE, NOTIFY of dialogs). Exchanges ask OPTIONS each 30-60 s to see who
is there (Asterisk: qualify).
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import Errands, repeat, until_first
from lab.http_message import read_message
from lab.identifier import random_hex
from lab.rhythm import CLOCK, HUMAN, POISSON, Rhythm, log_uniform

_SDP_CODECS = (
    "0 PCMU/8000",
    "8 PCMA/8000",
    "9 G722/8000",
    "96 opus/48000/2",
    "101 telephone-event/8000",
    "18 G729/8000",
)


def sip_message(start: str, headers: list[str], body: str = "") -> bytes:
    return "\r\n".join([start, *headers, f"Content-Length: {len(body)}", "", body]).encode()


async def read_sip(reader: asyncio.StreamReader) -> str:
    """The head of the next message; empty for a keepalive."""
    start = await reader.readexactly(2)
    if start == b"\r\n":
        return ""
    return start.decode() + (await read_message(reader)).head


class SipEnd:
    """What an end writes into each message; `rows` are the headers its software adds."""

    def __init__(self, random: Random, writer: asyncio.StreamWriter, software: str, rows: int, codecs: int) -> None:
        self._random, self._writer, self._rows, self._codecs, self._number = random, writer, rows, codecs, 0
        self._software, self._address = software, f"sip:{random.randrange(100, 9999)}@pbx.example"

    def request(self, method: str, more: tuple[str, ...] = (), body: str = "") -> None:
        self._number += 1
        headers = self._headers(f"CSeq: {self._number} {method}", more)
        self._writer.write(sip_message(f"{method} {self._address} SIP/2.0", headers, body))

    def answer(self, status: str, method: str, body: str = "") -> None:
        self._writer.write(sip_message(f"SIP/2.0 {status}", self._headers(f"CSeq: 1 {method}", ()), body))

    def keep_alive(self, data: bytes) -> None:
        self._writer.write(data)

    def description(self) -> str:
        codecs = "".join(f"a=rtpmap:{codec}\r\n" for codec in _SDP_CODECS[: self._codecs])
        identity = self._random.randrange(10**9)
        origin = f"v=0\r\no=- {identity} {identity} IN IP4 192.0.2.7\r\ns=-\r\nt=0 0\r\n"
        return f"{origin}m=audio 17002 RTP/AVP 0 8\r\n{codecs}"

    def _headers(self, sequence: str, more: tuple[str, ...]) -> list[str]:
        branch, tag = random_hex(self._random, 16), random_hex(self._random, 10)
        headers = [f"Via: SIP/2.0/TLS 192.0.2.7:5061;branch=z9hG4bK{branch};rport", "Max-Forwards: 70"]
        headers += [f"From: <{self._address}>;tag={tag}", f"To: <{self._address}>", sequence]
        headers += [f"Call-ID: {random_hex(self._random, 32)}", f"Contact: <{self._address};transport=tls>"]
        extra = (
            self._software,
            "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, NOTIFY, REFER",
            "Supported: replaces, outbound",
        )
        return [*headers, *extra[: self._rows], *more]


class Exchange:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls = random.random() < 0.75
        self.port = 5061 if self.tls else 5060
        self.expires_s = random.choice((60, 120, 180, 300, 600))
        self.crlf_s = random.choice((0, 25, 30, 95, 120))
        self.rows, self.codecs = random.randint(1, 3), random.randint(1, len(_SDP_CODECS))
        self._options_s = random.choice((0, 30, 60, 60))
        self._calls_s, self._lamps_s = log_uniform(random, 60, 900), random.choice((0, 10, 40, 120))
        self._delay_s = log_uniform(random, 0.002, 0.1)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        end = SipEnd(self.random, writer, "Server: PBX 18.4", self.rows, self.codecs)
        calls = Rhythm(self.random, POISSON, self._calls_s, 0)
        parts = [self._answer(reader, end), self._call(end, calls)]
        if self._options_s:
            parts.append(repeat(lambda: self._options_s, lambda: end.request("OPTIONS")))
        if self._lamps_s:
            state = '<dialog-info version="3"><dialog id="x"><state>confirmed</state></dialog></dialog-info>'
            lamps = Rhythm(self.random, POISSON, self._lamps_s, 0)
            parts.append(repeat(lamps.gap, lambda: end.request("NOTIFY", ("Event: dialog",), state)))
        await until_first(*parts)

    async def _call(self, end: SipEnd, calls: Rhythm) -> None:
        """Somebody calls the phone, and hangs up after a while."""
        while True:
            await calls.sleep()
            end.request("INVITE", ("Content-Type: application/sdp",), end.description())
            await asyncio.sleep(self.random.uniform(5, 90))
            end.request("BYE")

    async def _answer(self, reader: asyncio.StreamReader, end: SipEnd) -> None:
        challenged = False
        with Errands() as errands:
            while True:
                head = await read_sip(reader)
                await asyncio.sleep(self.random.expovariate(1 / self._delay_s))
                if head.startswith("REGISTER") and "Authorization" not in head and not challenged:
                    challenged = True
                    end.answer("401 Unauthorized", "REGISTER")
                elif head.startswith("INVITE"):
                    errands.start(self._connect(end))
                elif head.startswith(("REGISTER", "SUBSCRIBE", "BYE")):
                    end.answer("200 OK", "REGISTER")
                elif not head:
                    await reader.readexactly(2)
                    end.keep_alive(b"\r\n")

    async def _connect(self, end: SipEnd) -> None:
        end.answer("100 Trying", "INVITE")
        await asyncio.sleep(self.random.uniform(0.2, 2))
        end.answer("180 Ringing", "INVITE")
        await asyncio.sleep(self.random.uniform(1, 15))
        end.answer("200 OK", "INVITE", end.description())


async def open_exchange(place: Place) -> Exchange:
    exchange = Exchange(place.random)
    await place.serve(exchange.port, exchange.talk, tls=exchange.tls)
    return exchange


class Phone:
    def __init__(self, visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        random = visit.random
        exchange: Exchange = visit.service
        self._visit, self._random, self._exchange, self._reader = visit, random, exchange, reader
        self._end = SipEnd(random, writer, "User-Agent: Phone/4.2.11", exchange.rows, exchange.codecs)
        self._calls = Rhythm(random, HUMAN, log_uniform(random, 60, 900), 1.0)
        nonce, response = random_hex(random, 32), random_hex(random, 32)
        self._authorization = f'Authorization: Digest username="7", nonce="{nonce}", response="{response}"'

    async def use(self) -> None:
        self._end.request("REGISTER", (f"Expires: {self._exchange.expires_s}",))
        # Phones register again when half of the time, or nearly all of it, is over.
        again = Rhythm(self._random, CLOCK, self._exchange.expires_s * self._random.choice((0.5, 0.75, 0.9)), 0.02)
        parts = [self._listen(), self._call(), repeat(again.gap, self._register)]
        if self._exchange.crlf_s:
            parts.append(repeat(lambda: self._exchange.crlf_s, lambda: self._end.keep_alive(b"\r\n\r\n")))
        await until_first(*parts)

    def _register(self) -> None:
        self._end.request("REGISTER", (f"Expires: {self._exchange.expires_s}", self._authorization))

    async def _call(self) -> None:
        while True:
            await self._visit.pause(self._calls.gap())
            self._end.request("INVITE", ("Content-Type: application/sdp", self._authorization), self._end.description())
            await self._visit.pause(self._random.uniform(10, 120))
            self._end.request("BYE")

    async def _listen(self) -> None:
        while True:
            head = await read_sip(self._reader)
            if head.startswith("SIP/2.0 401"):
                self._register()
                self._end.request("SUBSCRIBE", ("Event: dialog", self._authorization))
            elif head.startswith("SIP/2.0 200") and "INVITE" in head:
                self._end.request("ACK")
            elif head.startswith("INVITE"):
                await self._pick_up()
            elif head.startswith(("OPTIONS", "NOTIFY", "BYE")):
                self._end.answer("200 OK", "OPTIONS")

    async def _pick_up(self) -> None:
        self._end.answer("180 Ringing", "INVITE")
        await self._visit.pause(self._random.uniform(0.5, 4))
        self._end.answer("200 OK", "INVITE", self._end.description())


async def telephone(visit: Visit) -> None:
    exchange: Exchange = visit.service
    async with visit.dial(exchange.port, tls=exchange.tls) as (reader, writer):
        await Phone(visit, reader, writer).use()


ACTIVITIES = (
    Activity(Story(BENIGN, "voip-signalling", "lab log: phone at the lab's own exchange"), open_exchange, telephone),
)
