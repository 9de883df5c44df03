# SPDX-License-Identifier: Apache-2.0
"""Control rooms that ask their plant on a clock: Modbus/TCP, S7 and DNP3. Constant sizes, constant periods, for hours.

Modbus: "MODBUS Application Protocol V1.1b3" and "Messaging on TCP/IP Implementation Guide V1.0b" (MBAP head). S7: TPKT
(RFC 1006) and COTP data around S7comm "read var" (Wireshark's dissector). DNP3: IEEE 1815, link frames with a CRC after
the head and after each 16 bytes of data (CRC-16/DNP).
"""

import asyncio
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.rhythm import CLOCK, POISSON, Rhythm, log_uniform

READ_HOLDING_REGISTERS, READ_INPUT_REGISTERS = 3, 4
_PATIENCE_S = 10.0


def modbus_frame(transaction: int, unit: int, pdu: bytes) -> bytes:
    return transaction.to_bytes(2, "big") + b"\0\0" + (len(pdu) + 1).to_bytes(2, "big") + bytes([unit]) + pdu


def modbus_read(function: int, first: int, count: int) -> bytes:
    return bytes([function]) + first.to_bytes(2, "big") + count.to_bytes(2, "big")


def tpkt(cotp_and_data: bytes) -> bytes:
    return b"\x03\x00" + (len(cotp_and_data) + 4).to_bytes(2, "big") + cotp_and_data


def dnp3_crc(data: bytes) -> bytes:
    """Polynomial 3D65, reflected, complemented, low byte first."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA6BC if crc & 1 else crc >> 1
    return (crc ^ 0xFFFF).to_bytes(2, "little")


def dnp3_frame(control: int, destination: int, source: int, data: bytes) -> bytes:
    head = b"\x05\x64" + bytes([len(data) + 5, control])
    head += destination.to_bytes(2, "little") + source.to_bytes(2, "little")
    blocks = (data[start : start + 16] for start in range(0, len(data), 16))
    return head + dnp3_crc(head) + b"".join(block + dnp3_crc(block) for block in blocks)


@dataclass(frozen=True)
class Question:
    request: bytes
    answer: bytes


class Plant:
    """Its controllers answer after a scan of their program; some also speak unasked."""

    def __init__(self, random: Random, port: int, questions: list[Question], greetings: list[Question]) -> None:
        self.random, self.port, self.questions, self.greetings = random, port, questions, greetings
        self.period = Rhythm(
            random, CLOCK, random.choice((0.1, 0.2, 0.25, 0.5, 1, 1, 2, 5)), log_uniform(random, 0.0005, 0.05)
        )
        self.one_by_one = random.random() < 0.7
        self._answers = {question.request: question.answer for question in [*greetings, *questions]}
        self._scan_s = log_uniform(random, 0.001, 0.05)
        self.event, self._events_s = Question(b"", b""), 0.0

    def speak_unasked(self, event: Question, mean_s: float) -> None:
        """The event's `answer` is sent at random times, and confirmed by its `request`."""
        self.event, self._events_s = event, mean_s
        self._answers[event.request] = b""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parts = [self._answer(reader, writer)]
        if self._events_s:
            events = Rhythm(self.random, POISSON, self._events_s, 0)
            parts.append(repeat(events.gap, lambda: writer.write(self.event.answer)))
        await until_first(*parts)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = b""
        while data := await reader.read(4096):
            asked += data
            while question := next((q for q in self._answers if asked.startswith(q)), None):
                asked = asked[len(question) :]
                if self._answers[question]:
                    await asyncio.sleep(self.random.uniform(0.2, 1) * self._scan_s)
                    writer.write(self._answers[question])


async def open_modbus(place: Place) -> Plant:
    random = place.random
    unit, questions = random.randrange(1, 248), []
    for number in range(random.randint(1, 8)):
        count = random.choice((1, 2, 4, 10, 20, 32, 64, 100, 125))
        function = random.choice((READ_HOLDING_REGISTERS, READ_INPUT_REGISTERS))
        request = modbus_read(function, random.randrange(9999), count)
        answer = bytes([function, 2 * count]) + random.randbytes(2 * count)
        questions.append(Question(modbus_frame(number, unit, request), modbus_frame(number, unit, answer)))
    return await _serve(place, Plant(random, 502, questions, []))


async def open_s7(place: Place) -> Plant:
    random = place.random
    connect = Question(tpkt(b"\x11\xe0" + bytes(16)), tpkt(b"\x11\xd0" + bytes(16)))
    agree = Question(tpkt(b"\x02\xf0\x80\x32\x01" + bytes(16)), tpkt(b"\x02\xf0\x80\x32\x03" + bytes(18)))
    questions = []
    for number in range(random.randint(1, 4)):
        items, size = random.randint(1, 6), random.choice((2, 4, 8, 32, 100, 200))
        # Head 10 and parameters 2 + 12 an item; answer: head 12, parameters 2, and 4 + size an item.
        request = b"\x02\xf0\x80\x32\x01" + bytes([0, 0, 0, number]) + bytes(5 + 2 + 12 * items)
        answer = b"\x02\xf0\x80\x32\x03" + random.randbytes(10 + 2 + items * (4 + size))
        questions.append(Question(tpkt(request), tpkt(answer)))
    return await _serve(place, Plant(random, 102, questions, [connect, agree]))


async def open_dnp3(place: Place) -> Plant:
    random = place.random
    master, outstation = random.randrange(1, 100), random.randrange(1, 1000)
    questions = []
    for size in (0, *random.sample(range(10, 200), random.randint(1, 3))):
        # Read of a class: transport and application head, then object headers of 3 bytes.
        request = dnp3_frame(0xC4, outstation, master, b"\xc0\xc0\x01" + bytes([0x3C, 2 + len(questions), 6]))
        answer = dnp3_frame(0x44, master, outstation, b"\xc0\xc0\x81\x00\x00" + random.randbytes(size))
        questions.append(Question(request, answer))
    plant = Plant(random, 20000, questions, [])
    if random.random() < 0.6:
        event = dnp3_frame(0x44, master, outstation, b"\xc0\xf0\x82\x00\x00" + random.randbytes(random.randint(10, 60)))
        confirmation = dnp3_frame(0xC4, outstation, master, b"\xc0\xd0\x00")
        plant.speak_unasked(Question(confirmation, event), log_uniform(random, 3, 120))
    return await _serve(place, plant)


async def _serve(place: Place, plant: Plant) -> Plant:
    await place.serve(plant.port, plant.talk)
    return plant


async def ask(visit: Visit) -> None:
    """Each period all questions; one after the other, or all in a row."""
    plant: Plant = visit.service
    arrived = asyncio.Event()

    async with visit.dial(plant.port) as (reader, writer):

        async def listen() -> None:
            while data := await reader.read(4096):
                if data == plant.event.answer:
                    writer.write(plant.event.request)
                else:
                    arrived.set()

        async def question(asked: Question) -> None:
            arrived.clear()
            writer.write(asked.request)
            async with asyncio.timeout(_PATIENCE_S):
                await arrived.wait()

        async def poll() -> None:
            for greeting in plant.greetings:
                await question(greeting)
            while True:
                for number, asked in enumerate(plant.questions):
                    if plant.one_by_one or number == len(plant.questions) - 1:
                        await question(asked)
                    else:
                        writer.write(asked.request)
                await visit.pause(plant.period.gap())

        await until_first(listen(), poll())


ACTIVITIES = (
    Activity(Story(BENIGN, "modbus-polling", "lab log: the lab's own Modbus/TCP client"), open_modbus, ask),
    Activity(Story(BENIGN, "s7-like", "lab log: the lab's own S7-like client"), open_s7, ask),
    Activity(Story(BENIGN, "dnp3-like", "lab log: the lab's own DNP3-like master"), open_dnp3, ask),
)
