# SPDX-License-Identifier: Apache-2.0
"""A control centre and its substation: IEC 60870-5-104. Measurements are pushed as they change.

IEC 60870-5-104:2006 §5: start 68, length, four control octets; U-frames STARTDT and TESTFR, S-frames, I-frames with
N(S) and N(R); at most w = 8 I-frames unconfirmed, t2 = 10 s until a confirmation, t3 = 20 s of silence until a test.
Objects of IEC 60870-5-101: M_ME_NC_1 (short floating point, 5 bytes and 3 of address), M_SP_NA_1 (1 byte), time tags
of 7 bytes.
"""

import asyncio
from collections.abc import Callable
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, log_uniform

_PORT = 2404
STARTDT_ACT, STARTDT_CON, TESTFR_ACT, TESTFR_CON = 0x07, 0x0B, 0x43, 0x83
_T2_S, _T3_S = 10.0, 20.0
_INTERROGATION = 100  # C_IC_NA_1
_LARGEST_ASDU = 253 - 4 - 6  # of objects: without control octets and the head


def u_frame(function: int) -> bytes:
    return bytes([0x68, 4, function, 0, 0, 0])


def s_frame(received: int) -> bytes:
    return bytes([0x68, 4, 1, 0]) + _shifted(received)


def i_frame(sent: int, received: int, asdu: bytes) -> bytes:
    return bytes([0x68, len(asdu) + 4]) + _shifted(sent) + _shifted(received) + asdu


def _shifted(number: int) -> bytes:
    """15 bits, one to the left."""
    return (number % 0x8000 << 1).to_bytes(2, "little")


class Link:
    """One end of the numbered exchange."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, confirms_after: int) -> None:
        self._reader, self._writer, self._confirms_after = reader, writer, confirms_after
        self._sent = self._received = self._unconfirmed = 0
        self._heard = asyncio.Event()

    def send(self, asdu: bytes) -> None:
        self._unconfirmed = 0
        self._writer.write(i_frame(self._sent, self._received, asdu))
        self._sent += 1

    def send_u(self, function: int) -> None:
        self._writer.write(u_frame(function))

    async def listen(self, take: Callable[[bytes], None]) -> None:
        """`take` gets the ASDU of each I-frame."""
        while True:
            head = await self._reader.readexactly(2)
            body = await self._reader.readexactly(head[1])
            self._heard.set()
            if body[0] & 1 == 0:
                self._received += 1
                self._unconfirmed += 1
                take(body[4:])
                if self._unconfirmed >= self._confirms_after:
                    self._confirm()
            elif body[0] in (STARTDT_ACT, TESTFR_ACT):
                self.send_u(STARTDT_CON if body[0] == STARTDT_ACT else TESTFR_CON)

    async def keep_time(self) -> None:
        """Confirms what has waited for t2, tests after t3 of silence."""
        silence_s = 0.0
        while True:
            self._heard.clear()
            try:
                async with asyncio.timeout(_T2_S):
                    await self._heard.wait()
                silence_s = 0.0
                await asyncio.sleep(_T2_S)
            except TimeoutError:
                silence_s += _T2_S
            if self._unconfirmed:
                self._confirm()
            if silence_s >= _T3_S:
                self.send_u(TESTFR_ACT)

    def _confirm(self) -> None:
        self._unconfirmed = 0
        self._writer.write(s_frame(self._received))


class Substation:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls = random.random() < 0.15
        self.interrogation_s = random.choice((0, 60, 300, 900))
        self._changes_s = log_uniform(random, 0.3, 40)
        self._forms = random.choice(((POISSON, BURSTS, HUMAN), (CLOCK,)))
        self._points = random.randint(5, 200)
        # Information objects: address (3), value with quality (1 or 5), perhaps a time (7).
        self._object_bytes = 3 + random.choice((1, 5, 5)) + random.choice((0, 7))

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(reader, writer, 8)
        changes = Rhythm.drawn(self.random, (self._changes_s / 2, self._changes_s * 2), self._forms)

        def take(asdu: bytes) -> None:
            """Commands are confirmed; an interrogation is answered with all points."""
            link.send(asdu)
            points = self._points if asdu[0] == _INTERROGATION else 0
            while points > 0:
                link.send(self._asdu(min(points, _LARGEST_ASDU // self._object_bytes)))
                points -= _LARGEST_ASDU // self._object_bytes

        async def report() -> None:
            while True:
                await changes.sleep()
                link.send(self._asdu(self.random.choice((1, 1, 1, 2, 4))))

        await until_first(link.listen(take), report(), link.keep_time())

    def _asdu(self, objects: int) -> bytes:
        """Type, count, cause (2), common address (2), then the objects."""
        return bytes([13, objects, 3, 0, 1, 0]) + self.random.randbytes(self._object_bytes * objects)


async def open_substation(place: Place) -> Substation:
    substation = Substation(place.random)
    await place.serve(_PORT, substation.talk, tls=substation.tls)
    return substation


async def control(visit: Visit) -> None:
    substation: Substation = visit.service
    random = visit.random
    commands = Rhythm(random, HUMAN, log_uniform(random, 40, 1500), 1.2)

    async with visit.dial(_PORT, tls=substation.tls) as (reader, writer):
        link = Link(reader, writer, random.choice((1, 2, 4, 8, 8)))
        link.send_u(STARTDT_ACT)
        interrogation = bytes([_INTERROGATION, 1, 6, 0, 1, 0, 0, 0, 0, 20])

        async def interrogate() -> None:
            link.send(interrogation)
            while substation.interrogation_s:
                await asyncio.sleep(substation.interrogation_s)
                link.send(interrogation)
            await asyncio.Event().wait()

        async def command() -> None:
            while True:
                await visit.pause(commands.gap())
                link.send(bytes([45, 1, 6, 0, 1, 0]) + random.randbytes(4))

        await until_first(link.listen(lambda _: None), link.keep_time(), interrogate(), command())


ACTIVITIES = (
    Activity(Story(BENIGN, "iec104", "lab log: control centre of the lab's own substation"), open_substation, control),
)
