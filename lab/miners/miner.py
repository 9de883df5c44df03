# SPDX-License-Identifier: Apache-2.0
"""What all miners here have in common: greet, take jobs, submit shares at random times, on one connection.

A dialect says how it greets (`greet`), what it understands (`understand`) and how it submits (`submit`). What
all have in common is the lab's own.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from lab.activity import Visit
from lab.miners.json_rpc import JsonStyle, Message, read_message
from lab.miners.random_work import RandomWork
from lab.miners.rig import Rig

_UNTIL_REPLY_S = 60.0


class Miner:
    def __init__(self, visit: Visit, rig: Rig, style: JsonStyle) -> None:
        self.visit, self.rig, self.style, self.random = visit, rig, style, visit.random
        self._no_work_s = self.random.choice((120.0, 180.0, 300.0, 600.0))
        self._next_id = 1

    def _connect(self) -> None:
        """Nothing is kept from one connection to the next but the counter of ids."""
        self._work = RandomWork(self.rig.hashes_per_s, self.random)
        self._difficulty: float | None = None
        self._job: Any = None
        self._older_job: Any = None
        self._job_since = 0.0

    async def greet(self) -> None:
        raise NotImplementedError

    def understand(self, message: Any) -> None:
        """A push, or a reply nobody waits for."""
        raise NotImplementedError

    def submit(self, job: Any, worker: str) -> None:
        raise NotImplementedError

    def timers(self) -> list[Coroutine]:
        """Run beside the receiving, from the end of the greeting on."""
        return []

    def say_goodbye(self) -> None:
        """At the end, if the client chooses it."""

    async def mine(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until cancelled or the connection ends."""
        self._reader, self._writer = reader, writer
        self._connect()
        tasks: list[asyncio.Task] = []
        try:
            async with asyncio.timeout(_UNTIL_REPLY_S):
                await self.greet()
            tasks = [asyncio.create_task(work) for work in (self._submit_shares(), *self.timers())]
            while True:
                async with asyncio.timeout(self._no_work_s * 4 if self._job else self._no_work_s):
                    message = await self.receive()
                self.understand(message)
        except asyncio.CancelledError:
            self.say_goodbye()
            raise
        finally:
            for task in tasks:
                task.cancel()

    def send(self, message: Message) -> None:
        self.write(self.style.line(message))

    def write(self, written: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(written)

    def new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    async def ask(self, message: Message) -> Message:
        """The reply; what comes before it is understood."""
        self.send(message)
        return await self.reply_to(message["id"])

    async def reply_to(self, id_: object) -> Message:
        while True:
            message = await self.receive()
            if message.get("id") == id_ and "method" not in message:
                return message
            self.understand(message)

    def take_job(self, job: Any) -> None:
        self._older_job, self._job = self._job or job, job
        self._job_since = asyncio.get_running_loop().time()
        self._start_work()

    def take_difficulty(self, hashes_a_share: float) -> None:
        self._difficulty = hashes_a_share
        self._start_work()

    def _start_work(self) -> None:
        if self._job is not None and self._difficulty:
            self._work.set_difficulty(self._difficulty)

    async def receive(self) -> Any:
        """A JSON line, unless a dialect has another kind."""
        message = await read_message(self._reader)
        if message is None:
            raise ConnectionResetError("the pool hung up")
        return message

    async def _submit_shares(self) -> None:
        while True:
            await self._work.share()
            switched = asyncio.get_running_loop().time() - self._job_since >= self.rig.switch_s
            self.submit(self._job if switched else self._older_job, self.random.choice(self.rig.workers))
