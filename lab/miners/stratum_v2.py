# SPDX-License-Identifier: Apache-2.0
"""Stratum V2: binary, plain as in tests of its software or as large as Noise makes it.

Conversation: stratum-mining/sv2-spec 05. Devices open standard channels; a proxy opens an extended one for many
devices, or several standard ones. A pool prepares a job for the block to come and then needs to tell the new previous
hash alone, or sends both at the block; shares are acknowledged one by one or several together. With Noise: share 62
or 63-95, its success 58, job 83 or 87, new previous hash 86, target 74.
"""

import asyncio
import struct
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.conversation import repeat
from lab.miners import sv2_messages as sv2
from lab.miners.blockchain import Blockchain
from lab.miners.failover import Redirected, mine_at_pools
from lab.miners.json_rpc import JsonStyle
from lab.miners.miner import Miner
from lab.miners.pool import Pool, PoolHabits, Session
from lab.miners.rig import Rig, account_name, bech32_address, drawn_rig
from lab.miners.sv2_messages import Type
from lab.miners.sv2_wire import Frame, PlainWire, Wire, initiate, respond

_USUAL_HASHES_PER_S = 1e14
_PORTS = (34254, 34255, 3336, 34265, 3333, 443)
_BLOCK_S = 600
_ERRORS = {"stale": "stale-share", "low": "difficulty-too-low"}


@dataclass
class _Channel:
    id: int
    extended: bool
    next_job: int = 0  # prepared for the block to come
    unanswered: int = 0
    last_sequence: int = 0


class Sv2Session(Session):
    def __init__(
        self, habits: PoolHabits, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: Wire
    ) -> None:
        super().__init__(habits, reader, writer)
        self._wire = wire
        self.channels: dict[int, _Channel] = {}

    async def receive(self) -> Frame:
        return await self._wire.receive(self._reader)

    def send(self, frame: Frame) -> None:
        self.write(self._wire.seal(frame))


@dataclass(frozen=True)
class Sv2Habits:
    noise: bool
    prepares: bool  # the next block's job is there before the block
    batch: int  # shares acknowledged together, or those of `batch_s`
    batch_s: float
    prefix_bytes: int
    extranonce_bytes: int
    coinbase_bytes: tuple[int, int]

    @staticmethod
    def drawn(random: Random, noise: bool) -> "Sv2Habits":
        return Sv2Habits(
            noise=noise,
            prepares=random.random() < 0.6,
            batch=random.choice((1, 1, 2, 4, 8, 10)),
            batch_s=random.choice((1.0, 5.0, 10.0, 60.0)),
            prefix_bytes=random.choice((4, 8, 16, 28)),
            extranonce_bytes=random.choice((4, 8, 8, 16)),
            coinbase_bytes=(random.randrange(50, 100), random.randrange(90, 300)),
        )


class Sv2Pool(Pool):
    def __init__(self, habits: PoolHabits, ways: Sv2Habits, random: Random) -> None:
        refresh_s = random.choice((30.0, 30.0, 45.0, 60.0))
        super().__init__(habits, Blockchain(_BLOCK_S, refresh_s, random.randrange(8 * 10**5, 10**6), random), random)
        self.ways = ways
        self._last_job, self._last_channel = random.randrange(1000), random.randrange(100)
        self._branches = random.randrange(9, 13)

    async def begin_session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Sv2Session:
        wire = await respond(reader, writer, self.random) if self.ways.noise else PlainWire()
        return Sv2Session(self.habits, reader, writer, wire)

    def is_share(self, message: Frame) -> bool:
        return message.type in (Type.SUBMIT_SHARES_STANDARD, Type.SUBMIT_SHARES_EXTENDED)

    def answer(self, session: Sv2Session, message: Frame) -> None:
        if message.type == Type.SETUP_CONNECTION:
            session.send(sv2.setup_connection_success())
        elif message.type in (Type.OPEN_STANDARD_CHANNEL, Type.OPEN_EXTENDED_CHANNEL):
            self._open_channel(session, message)
        elif self.is_share(message):
            self._judge(session, message.payload)

    def announce(self, session: Sv2Session) -> None:
        new_block = self.is_new_block(session)
        for channel in session.channels.values():
            with session.burst(self.habits.bursts):
                if new_block:
                    self._tell_block(session, channel)
                else:
                    session.send(self._job(channel, int(time.time())))

    def tell_difficulty(self, session: Sv2Session) -> None:
        for channel in session.channels:
            session.send(sv2.set_target(channel, sv2.target_of(session.difficulty.value)))

    def redirect(self, session: Sv2Session) -> None:
        session.send(sv2.reconnect())

    def _open_channel(self, session: Sv2Session, message: Frame) -> None:
        self._last_channel += 1
        channel = _Channel(self._last_channel, message.type == Type.OPEN_EXTENDED_CHANNEL)
        session.channels[channel.id] = channel
        target, prefix = sv2.target_of(session.difficulty.value), self.random.randbytes(self.ways.prefix_bytes)
        extranonce_bytes = self.ways.extranonce_bytes if channel.extended else None
        with session.burst(self.habits.bursts):
            session.send(sv2.open_channel_success(message.payload[:4], channel.id, target, prefix, extranonce_bytes))
            self._tell_block(session, channel)
        session.told_height, session.ready = self.chain.height, True

    def _tell_block(self, session: Sv2Session, channel: _Channel) -> None:
        if not channel.next_job:
            session.send(self._job(channel, None))
        job, channel.next_job = channel.next_job or self._last_job, 0
        self._heights[str(job)] = self.chain.height
        session.send(sv2.set_new_prev_hash(channel.id, job, self.random.randbytes(32), int(time.time())))
        if self.ways.prepares:
            self._later(self.random.uniform(0.3, 10), self._prepare, session, channel)

    def _prepare(self, session: Sv2Session, channel: _Channel) -> None:
        session.send(self._job(channel, None))
        channel.next_job = self._last_job

    def _job(self, channel: _Channel, min_time: int | None) -> Frame:
        self._last_job += 1
        self._heights[str(self._last_job)] = self.chain.height
        if not channel.extended:
            return sv2.new_mining_job(channel.id, self._last_job, min_time, self.random.randbytes(32))
        path = self.random.randbytes(32 * self._branches)
        head, tail = (self.random.randbytes(length) for length in self.ways.coinbase_bytes)
        return sv2.new_extended_mining_job(channel.id, self._last_job, min_time, path, (head, tail))

    def _judge(self, session: Sv2Session, share: bytes) -> None:
        id_, sequence, job = struct.unpack_from("<III", share)
        channel = session.channels[id_]
        if fault := self.fault(session, str(job)):
            session.send(sv2.submit_shares_error(id_, sequence, _ERRORS[fault]))
            return
        channel.unanswered += 1
        channel.last_sequence = sequence
        if channel.unanswered >= self.ways.batch:
            self._acknowledge(session, channel)
        elif channel.unanswered == 1:
            self._later(self.ways.batch_s, self._acknowledge, session, channel)
        self.retarget(session)

    def _acknowledge(self, session: Sv2Session, channel: _Channel) -> None:
        if channel.unanswered:
            worth = channel.unanswered * max(1, int(session.difficulty.value / 2**32))
            session.send(sv2.submit_shares_success(channel.id, channel.last_sequence, channel.unanswered, worth))
            channel.unanswered = 0

    def _later(self, seconds: float, act, session: Sv2Session, channel: _Channel) -> None:
        def act_if_open() -> None:
            if session in self._sessions:
                act(session, channel)

        asyncio.get_running_loop().call_later(seconds, act_if_open)


class Sv2Miner(Miner):
    def __init__(self, visit: Visit, rig: Rig, extended: bool, device: tuple[str, str, str, str]) -> None:
        super().__init__(visit, rig, JsonStyle())
        self._extended, self._device = extended, device
        self._update_s = self.random.choice((None, 60.0, 300.0)) if extended else None
        self._extranonce_bytes = 0

    async def greet(self) -> None:
        habits = self.visit.service.habits
        self._wire: Wire = PlainWire()
        if self.visit.service.ways.noise:
            self._wire = await initiate(self._reader, self._writer, self.random)
        self._sequences: dict[int, int] = {}
        self._jobs: dict[int, int] = {}
        self._write(sv2.setup_connection(self.visit.place.name, habits.port, self._device, 0 if self._extended else 1))
        await self._until(Type.SETUP_CONNECTION_SUCCESS)
        channels = 1 if self._extended else len(self.rig.workers)
        for number in range(channels):
            identity = self.rig.login(self.rig.workers[number])
            self._write(sv2.open_channel(number + 1, identity, self.rig.hashes_per_s / channels, self._extended))
            await self._until(Type.OPEN_EXTENDED_CHANNEL_SUCCESS, Type.OPEN_STANDARD_CHANNEL_SUCCESS)

    async def receive(self) -> Frame:
        return await self._wire.receive(self._reader)

    def understand(self, message: Frame) -> None:
        payload = message.payload
        if message.type in (Type.OPEN_STANDARD_CHANNEL_SUCCESS, Type.OPEN_EXTENDED_CHANNEL_SUCCESS):
            self._sequences[struct.unpack_from("<I", payload, 4)[0]] = 0
            self._extranonce_bytes = struct.unpack_from("<H", payload, 40)[0] if self._extended else 0
            self.take_difficulty(sv2.hashes_a_share(payload[8:40]))
        elif message.type in (Type.NEW_MINING_JOB, Type.NEW_EXTENDED_MINING_JOB) and payload[8]:
            self._activate(payload)
        elif message.type == Type.SET_NEW_PREV_HASH:
            self._activate(payload)
        elif message.type == Type.SET_TARGET:
            self.take_difficulty(sv2.hashes_a_share(payload[4:36]))
        elif message.type == Type.RECONNECT:
            raise Redirected(self.random.uniform(0, 5))

    def submit(self, job: dict[int, int], worker: str) -> None:
        channel = self.random.choice(list(job))
        extranonce = self.random.randbytes(self._extranonce_bytes) if self._extended else None
        nonce, sequence = self.random.randbytes(4), self._sequences[channel]
        self._sequences[channel] += 1
        self._write(sv2.submit_shares(channel, sequence, job[channel], nonce, int(time.time()), extranonce))

    def timers(self) -> list[Coroutine]:
        return [repeat(lambda: self._update_s, self._update, self.visit.pause)] if self._update_s else []

    def _update(self) -> None:
        for channel in self._sequences:
            self._write(sv2.update_channel(channel, self.rig.hashes_per_s * self.random.uniform(0.9, 1.1)))

    def _activate(self, payload: bytes) -> None:
        channel, job = struct.unpack_from("<II", payload)
        self._jobs[channel] = job
        self.take_job(dict(self._jobs))

    async def _until(self, *types: Type) -> None:
        while True:
            message = await self.receive()
            self.understand(message)
            if message.type in types:
                return

    def _write(self, frame: Frame) -> None:
        self.write(self._wire.seal(frame))


async def _open(place: Place, noise: bool) -> Sv2Pool:
    random = place.random
    pool = Sv2Pool(PoolHabits.drawn(random, _USUAL_HASHES_PER_S, _PORTS), Sv2Habits.drawn(random, noise), random)
    await pool.open_at(place)
    return pool


async def open_plain(place: Place) -> Sv2Pool:
    return await _open(place, noise=False)


async def open_noise(place: Place) -> Sv2Pool:
    return await _open(place, noise=True)


_DEVICES = (
    ("Braiins", "Antminer S9", "BOSminer 0.2.0"), ("Braiins", "Antminer S19j Pro", "braiins-os_am3 24.03"),
    ("SRI", "translator", "1.2.0"), ("", "", ""), ("bitaxe", "BM1370", "esp-miner 2.6"),
    ("Auradine", "AT1500", "2024.7"),
)  # fmt: skip


async def use_pool(visit: Visit) -> None:
    random = visit.random
    extended = random.random() < 0.4
    workers = 1 if random.random() < (0.4 if extended else 0.75) else random.randrange(2, 7)
    user = random.choice((account_name(random), bech32_address(random, "bc1q", 42)))
    id_ = random.choice(("", random.randbytes(4).hex(), random.randbytes(8).hex()))
    rig = drawn_rig(visit, _USUAL_HASHES_PER_S, user, workers)
    await mine_at_pools(visit, Sv2Miner(visit, rig, extended, (*random.choice(_DEVICES), id_)).mine)


_EVIDENCE = "lab log: Stratum V2 emulator, {}, at the lab's own pool; nothing hashes"

ACTIVITIES = (
    Activity(Story(MINING, "stratum-v2", _EVIDENCE.format("plain frames")), open_plain, use_pool),
    Activity(Story(MINING, "stratum-v2-noise", _EVIDENCE.format("as large as with Noise")), open_noise, use_pool),
)
