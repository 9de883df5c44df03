# SPDX-License-Identifier: Apache-2.0
"""Plays a plan: sets up hosts and servers, captures on the router, lets every client do its part until the end."""

import asyncio
import contextlib
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lab import kernel
from lab.activity import Activity, Place, Visit
from lab.capture import Capture, Loss
from lab.connection_log import Story
from lab.failure import LabFailure
from lab.laboratory import ENDED, Laboratory
from lab.network import Host
from lab.plan import Plan, PlannedHost, Session
from lab.scenario import Scenario, Span

# From the last goodbye to the end of the capture: several round trips.
_AFTERGLOW_S = 2.0
# Longer than any client's goodbye.
_GOODBYE_S = 10.0
# Between two looks at whether packets still cross the internet and are captured.
_CHECK_S = 5.0
_FEW_FILES = 16
# A client whose server failed it tries again after this.
_RETRY_S = (3.0, 20.0)


@dataclass
class VisitCounts:
    """Of one activity."""

    begun: int = 0
    ended_early: Counter[str] = field(default_factory=Counter)  # by what ended them
    faults: list[str] = field(default_factory=list)  # tracebacks: errors of the lab's own


class Play:
    def __init__(
        self, scenario: Scenario, plan: Plan, activities: Mapping[str, Activity], lab: Laboratory, seconds: float
    ) -> None:
        self.scenario, self.plan, self.seconds = scenario, plan, seconds
        self.counts = {traffic.activity: VisitCounts() for traffic in scenario.traffic}
        self.loss = Loss()
        self._live_visits = 0
        self._activities, self._lab = activities, lab
        self._clients: list[Host] = []
        self._places: list[list[Place]] = []
        self._services: list[list[Any]] = []

    async def build(self) -> None:
        network = self._lab.network
        self._clients = [network.client(*_arguments(host), **_options(host)) for host in self.plan.clients]
        for traffic, hosts in zip(self.scenario.traffic, self.plan.servers, strict=True):
            places, services = [], []
            for host in hosts:
                server = network.server(*_arguments(host), **_options(host))
                place = Place(self._lab, server, f"{host.name}.example", traffic.shape)
                places.append(place)
                services.append(await self._activities[traffic.activity].open(place))
            self._places.append(places)
            self._services.append(services)

    async def run(self, full: bool, stopped: asyncio.Event) -> None:
        """Until the time is up or `stopped` is set."""
        network = self._lab.network
        network.start()
        capture = Capture(network.router, self.scenario.interface, self._lab.folder / "raw.pcap", full)
        loop = asyncio.get_running_loop()
        end = loop.time() + self.seconds
        sessions = [asyncio.create_task(self._session(session, end)) for session in self.plan.sessions]
        try:
            await self._wait(stopped, capture)
        finally:
            await self._end(sessions)
            await asyncio.sleep(_AFTERGLOW_S)
            self.loss = await capture.stop()
        network.check()

    async def _wait(self, stopped: asyncio.Event, capture: Capture) -> None:
        """To the end, or until nothing is moved or captured any more; why, `stop` of the capture tells."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                while not stopped.is_set() and capture.is_running:
                    self._lab.network.check()
                    if kernel.open_files_left() < _FEW_FILES:
                        raise LabFailure("the run needs more open files than 'ulimit -n' allows: take fewer with --hosts")
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_CHECK_S):
                            await stopped.wait()

    async def _end(self, sessions: list[asyncio.Task]) -> None:
        """Cancels again what goes on: `asyncio.wait_for` of Python 3.11 loses a cancellation now and then."""
        pending = set(sessions)
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=_GOODBYE_S)
        for session, task in zip(self.plan.sessions, sessions, strict=True):
            if not task.cancelled() and (error := task.exception()):
                activity = self.scenario.traffic[session.traffic].activity
                self.counts[activity].faults.append("".join(traceback.format_exception(error)))

    def state(self) -> str:
        """In a few words. A browser's connections are counted by nobody before the end, its visit is."""
        live = sum(1 for entry in self._lab.log.connections if entry.closed is None)
        return f"{self._live_visits} visits, {live} live connections"

    async def _session(self, session: Session, end: float) -> None:
        traffic = self.scenario.traffic[session.traffic]
        random = self._lab.random(f"session {session.traffic} {session.number}")
        loop = asyncio.get_running_loop()
        await asyncio.sleep(session.start_s)
        while loop.time() < end:
            life = min(end - loop.time(), _drawn(traffic.life_s, random) or float("inf"))
            await self._visit(session, random.getrandbits(64), loop.time() + life)
            if traffic.pause_s is None:
                return
            await asyncio.sleep(random.uniform(*traffic.pause_s))

    async def _visit(self, session: Session, seed: int, end: float) -> None:
        """One visit; a client whose connection fails or is to be renewed dials again before its end."""
        traffic = self.scenario.traffic[session.traffic]
        random = self._lab.random(f"visit {seed}")
        first = random.randrange(len(self._places[session.traffic]))
        places, services = self._places[session.traffic], self._services[session.traffic]
        visit = Visit(
            client=self._clients[session.client],
            place=places[first],
            story=_shaped(self._activities[traffic.activity].story, traffic.shape_name),
            random=random,
            service=services[first],
            places=places[first:] + places[:first],
            services=services[first:] + services[:first],
            slowness=traffic.shape.slowness,
        )
        loop = asyncio.get_running_loop()
        while (left := end - loop.time()) > 0:
            renewed = random.expovariate(1 / traffic.shape.reconnect_s) if traffic.shape.reconnect_s else float("inf")
            dialled = loop.time()
            if await self._use(traffic.activity, visit, min(left, renewed)):
                return
            if loop.time() < dialled + renewed:
                await asyncio.sleep(min(random.uniform(*_RETRY_S), max(0.0, end - loop.time())))

    async def _use(self, activity: str, visit: Visit, seconds: float) -> bool:
        """Whether the client is done for good."""
        counts = self.counts[activity]
        counts.begun += 1
        self._live_visits += 1
        try:
            async with asyncio.timeout(seconds) as deadline:
                await self._activities[activity].use(visit)
            return True
        except ENDED as error:
            if not deadline.expired():
                counts.ended_early[type(error).__name__] += 1
            return False
        except Exception:
            counts.faults.append(traceback.format_exc())
            return True
        finally:
            self._live_visits -= 1


def _shaped(story: Story, shape: str) -> Story:
    """The evidence names the shape, so that a reader of the labels can tell."""
    return replace(story, evidence=f"{story.evidence}; shape {shape}") if shape else story


def _drawn(span: Span | None, random) -> float | None:
    return random.uniform(*span) if span else None


def _arguments(host: PlannedHost) -> tuple:
    return host.name, host.system, host.route


def _options(host: PlannedHost) -> dict[str, Any]:
    return {"ipv6": host.ipv6, "style": host.style, "own_namespace": host.own_namespace}
