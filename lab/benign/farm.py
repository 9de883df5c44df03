# SPDX-License-Identifier: Apache-2.0
"""Machines that are given work for minutes and tell how it goes: build agents, render farms, volunteers' computers.

Rhythms: a GitLab runner sends its log each 3 s and asks for jobs each 3 s or waits long (its documentation:
check_interval, trace updates); Jenkins and TeamCity agents keep one connection with pings; render managers tell
progress in percent; BOINC clients send a scheduler request in XML, compute for long and upload results (BOINC's wiki,
"RPC protocol").
"""

import asyncio
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.json_channel import Channel, ChannelStyle
from lab.benign.record import Form, prose
from lab.connection_log import BENIGN, Story
from lab.conversation import Errands, repeat, until_first
from lab.http_message import answer, read_message, request
from lab.identifier import random_hex
from lab.rhythm import CLOCK, HUMAN, POISSON, Rhythm, drawn_bytes, log_uniform


@dataclass(frozen=True)
class Trade:
    """Ranges of what a kind of farm does; all are medians or means."""

    work_s: tuple[float, float]
    idle_s: tuple[float, float]
    report_s: tuple[float, float]
    report_bytes: tuple[float, float]
    job_bytes: tuple[float, float]
    result_bytes: tuple[float, float]


# A line, of the channels that have lines, must fit into a reader's 64 KiB.
_LARGEST_TEXT = 50_000
_BUILD = Trade((15, 240), (10, 240), (0.5, 6), (60, 1500), (400, 12000), (80, 600))
_RENDER = Trade((8, 120), (0.2, 8), (1, 12), (30, 140), (300, 2500), (4000, 80000))


class Farm:
    def __init__(self, random: Random, trade: Trade) -> None:
        self.random = random
        self.style = ChannelStyle(random)
        self.job, self.report = Form(random, (3, 9)), Form(random, (1, 5))
        self.work_s, self._idle_s = log_uniform(random, *trade.work_s), log_uniform(random, *trade.idle_s)
        self.reports = Rhythm(random, random.choice((CLOCK, POISSON)), log_uniform(random, *trade.report_s), 0.1)
        self.report_bytes = log_uniform(random, *trade.report_bytes)
        self.result_bytes = log_uniform(random, *trade.result_bytes)
        self._job_bytes = log_uniform(random, *trade.job_bytes)
        self.heartbeat_s = random.choice((0, 5, 10, 15, 30, 60))
        self._answers_reports = random.random() < 0.7

    async def talk(self, channel: Channel) -> None:
        with Errands() as errands:
            async for message in channel.messages():
                if message["do"] in ("hello", "result"):
                    errands.start(self._give(channel))
                if message["do"] != "log" or self._answers_reports:
                    channel.send(self.report.text(do="ok"))

    async def _give(self, channel: Channel) -> None:
        await asyncio.sleep(self.random.expovariate(1 / self._idle_s))
        script = prose(self.random, drawn_bytes(self.random, self._job_bytes, 0.5, 40, _LARGEST_TEXT))
        channel.send(self.job.text(do="job", script=script))


async def open_build_server(place: Place) -> Farm:
    farm = Farm(place.random, _BUILD)
    await farm.style.serve(place, farm.talk)
    return farm


async def open_render_manager(place: Place) -> Farm:
    farm = Farm(place.random, _RENDER)
    await farm.style.serve(place, farm.talk)
    return farm


async def _carry_out(visit: Visit, channel: Channel) -> None:
    """One job, told of all the while."""
    farm: Farm = visit.service
    random = visit.random
    left_s = farm.work_s * random.lognormvariate(0, 0.6)
    while left_s > 0:
        gap = farm.reports.gap()
        left_s -= gap
        await visit.pause(gap)
        log = prose(random, drawn_bytes(random, farm.report_bytes, 0.7, 10, 16000))
        channel.send(farm.report.text(do="log", log=log))
    output = random_hex(random, drawn_bytes(random, farm.result_bytes, 0.4, 20, _LARGEST_TEXT))
    channel.send(farm.report.text(do="result", output=output))


async def serve_farm(visit: Visit) -> None:
    """A machine of the farm, until cancelled."""
    farm: Farm = visit.service
    jobs: asyncio.Queue[None] = asyncio.Queue()

    async def listen() -> None:
        async for message in channel.messages():
            if message["do"] == "job":
                jobs.put_nowait(None)

    async def labour() -> None:
        while True:
            await jobs.get()
            await _carry_out(visit, channel)

    async with farm.style.dial(visit) as channel:
        channel.send(farm.report.text(do="hello", machine=random_hex(visit.random, 16)))
        parts = [listen(), labour()]
        if farm.heartbeat_s:
            parts.append(repeat(lambda: farm.heartbeat_s, lambda: channel.send(farm.report.text(do="heartbeat"))))
        await until_first(*parts)


class Project:
    """A volunteers' project: its scheduler, over HTTPS."""

    PORT = 443

    def __init__(self, random: Random) -> None:
        self.random = random
        self.work_s, self.trickle_s = log_uniform(random, 15, 400), random.choice((0, 15, 60))
        self.request_bytes, self.result_bytes = log_uniform(random, 1200, 12000), log_uniform(random, 800, 60000)
        self.keeps_connection = random.random() < 0.7
        self._reply_bytes, self._delay_s = log_uniform(random, 600, 9000), log_uniform(random, 0.02, 1.5)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            asked = await read_message(reader)
            await asyncio.sleep(self.random.expovariate(1 / self._delay_s))
            size = drawn_bytes(self.random, self._reply_bytes, 0.4, 200, 60000) if "scheduler" in asked.path else 120
            writer.write(
                answer("200 OK", ["Server: Apache", "Content-Type: text/xml"], prose(self.random, size).encode())
            )


async def open_project(place: Place) -> Project:
    project = Project(place.random)
    await place.serve(Project.PORT, project.talk, tls=True)
    return project


async def volunteer(visit: Visit) -> None:
    """Work, upload, ask for more; on one connection, or on a new one each time."""
    project: Project = visit.service
    while True:
        async with visit.dial(Project.PORT, tls=True) as (reader, writer):
            await _take_part(visit, reader, writer)
            while project.keeps_connection:
                await _compute(visit, reader, writer)
                await _take_part(visit, reader, writer)
        await visit.pause(Rhythm(visit.random, HUMAN, project.work_s, 0.5).gap())


async def _take_part(visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    project: Project = visit.service
    for path, size in (("/upload", project.result_bytes), ("/cgi/scheduler", project.request_bytes)):
        body = random_hex(visit.random, drawn_bytes(visit.random, size, 0.3, 300, 150_000)).encode()
        writer.write(request("POST", path, visit.place.name, ["User-Agent: BOINC client (x86_64-pc-linux-gnu)"], body))
        await read_message(reader)


async def _compute(visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """For minutes; some projects are told of the progress meanwhile ("trickle-up" messages)."""
    project: Project = visit.service
    left_s = project.work_s * visit.random.lognormvariate(0, 0.5)
    while project.trickle_s and left_s > project.trickle_s:
        await visit.pause(project.trickle_s)
        left_s -= project.trickle_s
        writer.write(request("POST", "/trickle", visit.place.name, [], prose(visit.random, 300).encode()))
        await read_message(reader)
    await visit.pause(left_s)


ACTIVITIES = (
    Activity(
        Story(BENIGN, "build-agent", "lab log: agent of the lab's own build server"), open_build_server, serve_farm
    ),
    Activity(Story(BENIGN, "render-farm", "lab log: machine of the lab's own farm"), open_render_manager, serve_farm),
    Activity(Story(BENIGN, "volunteer-computing", "lab log: the lab's own volunteer project"), open_project, volunteer),
)
