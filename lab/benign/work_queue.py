# SPDX-License-Identifier: Apache-2.0
"""Work pushed, results returned after a random time: the nearest relative of mining among honest services.

Three ways a queue hands out work, after the documentation of beanstalkd (a worker reserves a job), Gearman (a worker
is given as many as it has free slots) and Celery (prefetch, acknowledgement, heartbeats, broadcast commands). Service
times are exponential or log-normal, as queueing models have them (Kleinrock, Queueing Systems, 1975).
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.json_channel import Channel, ChannelStyle, Message
from lab.benign.record import Form
from lab.connection_log import BENIGN, Story
from lab.conversation import Broadcast, Errands, repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, log_uniform

_RESERVE, _SLOTS, _BROADCAST = "reserve", "slots", "broadcast"


class Queue:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.style = ChannelStyle(random)
        self.way = random.choice((_RESERVE, _SLOTS, _SLOTS, _BROADCAST))
        self.job, self.result, self.other = Form(random, (2, 12)), Form(random, (1, 8)), Form(random, (1, 3))
        self.work_s = log_uniform(random, 1.5, 90)
        self.work_form = random.choice((POISSON, POISSON, HUMAN))
        self.heartbeat_s = random.choice((0, 0, 5, 10, 20, 30, 60))
        self._blob_digits = random.choice((0, 0, 64, 152, 256, 600))
        self._acknowledges, self._with_next = random.random() < 0.8, random.random() < 0.3
        self._check_s, self._refused = log_uniform(random, 0.001, 0.5), random.choice((0, 0, 0.01, 0.05))
        self._empty = random.choice((0, 0, 0.1, 0.4))
        self._arrivals = Rhythm.drawn(random, (4, 120), (POISSON, BURSTS, CLOCK))
        self._broadcast = Broadcast(self._arrivals.gap, self.next_job)
        self._number = random.randrange(10**6)

    def next_job(self) -> Message:
        self._number += 1
        blob = {"input": random_hex(self.random, self._blob_digits)} if self._blob_digits else {}
        return self.job.values(do="job", job=self._number, **blob)

    async def talk(self, channel: Channel) -> None:
        with Errands() as errands:
            if self.way == _BROADCAST:
                with self._broadcast.heard_by(lambda job: channel.send(self.job.written(job))):
                    await self._answer(channel, errands)
            else:
                await self._answer(channel, errands)

    async def _answer(self, channel: Channel, errands: Errands) -> None:
        async for message in channel.messages():
            if message["do"] == "heartbeat":
                channel.send(self.other.text(do="heartbeat"))
            elif message["do"] == "hello":
                channel.send(self.other.text(do="welcome", heartbeat=self.heartbeat_s))
                for _ in range(message["slots"] if self.way == _SLOTS else self.way == _BROADCAST):
                    channel.send(self.job.written(self.next_job()))
            elif message["do"] == "reserve":
                errands.start(self._give(channel))
            else:
                errands.start(self._take(channel, message))

    async def _take(self, channel: Channel, result: Message) -> None:
        await asyncio.sleep(self.random.expovariate(1 / self._check_s))
        answer = self.other.values(do="ok" if self.random.random() >= self._refused else "error", job=result["job"])
        if self._with_next and self.way == _SLOTS:
            channel.send(self.job.written(answer | {"next": self.next_job()}))
            return
        if self._acknowledges:
            channel.send(self.other.written(answer))
        if self.way == _SLOTS:
            await self._give(channel)

    async def _give(self, channel: Channel) -> None:
        if self.random.random() < self._empty:
            await asyncio.sleep(min(60, self._arrivals.gap()))
        channel.send(self.job.written(self.next_job()))


class Worker:
    def __init__(self, visit: Visit, channel: Channel) -> None:
        self._visit, self._queue, self._channel = visit, visit.service, channel
        random = visit.random
        mean_s = self._queue.work_s * log_uniform(random, 0.2, 5)
        self._work = Rhythm(random, self._queue.work_form, mean_s, random.uniform(0.2, 1.2))
        self.slots = random.choice((1, 1, 2, 4, 8))
        self._jobs = Errands()

    async def work(self) -> None:
        self._channel.send(
            self._queue.other.text(do="hello", slots=self.slots, token=random_hex(self._visit.random, 40))
        )
        if self._queue.way == _RESERVE:
            self._reserve()
        with self._jobs:
            async for message in self._channel.messages():
                job = message.get("next", message)
                if job["do"] == "job":
                    self._begin(job)

    def _begin(self, job: Message) -> None:
        if self._queue.way == _BROADCAST:
            self._jobs.cancel()
        self._jobs.start(self._do(job))

    async def _do(self, job: Message) -> None:
        """Of a broadcast a worker reports results until the next one; of all others it reports one."""
        while True:
            await self._visit.pause(self._work.gap())
            self._channel.send(self._queue.result.text(do="result", job=job["job"]))
            if self._queue.way == _RESERVE:
                self._reserve()
            if self._queue.way != _BROADCAST:
                return

    def _reserve(self) -> None:
        self._channel.send(self._queue.other.text(do="reserve"))


async def open_queue(place: Place) -> Queue:
    queue = Queue(place.random)
    await queue.style.serve(place, queue.talk)
    return queue


async def work(visit: Visit) -> None:
    queue: Queue = visit.service
    async with queue.style.dial(visit) as channel:
        parts = [Worker(visit, channel).work()]
        if queue.heartbeat_s:
            parts.append(repeat(lambda: queue.heartbeat_s, lambda: channel.send(queue.other.text(do="heartbeat"))))
        await until_first(*parts)


ACTIVITIES = (Activity(Story(BENIGN, "job-queue", "lab log: worker of the lab's own job queue"), open_queue, work),)
