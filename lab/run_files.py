# SPDX-License-Identifier: Apache-2.0
"""One run from its request to the files in its folder. Works in memory; the folder is written at the end, or not at all."""

import asyncio
import errno
import logging
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.activity import Activity
from lab.analysis.figures import read_figures
from lab.analysis.report import RunFacts, VisitCounts, write_report
from lab.certificate import Authority
from lab.failure import LabFailure
from lab.isolation import WORK
from lab.labels import Labels, captured_connections, make_labels, write_labels
from lab.laboratory import Laboratory
from lab.plan import make_plan
from lab.play import Play
from lab.programs import built
from lab.progress import show_progress
from lab.scenario import Scenario

_INTERRUPTED = 130
_SHOWN = 5
_USED_UP = (errno.ENOSPC, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN)
_FILES = ("LABELS.csv", "capture.pcapng", "full.pcap", "report.html")


@dataclass(frozen=True)
class Request:
    scenario: Scenario
    out: Path
    seed: int
    hosts: int
    minutes: float
    full: bool


def make_run(request: Request, activities: Mapping[str, Activity]) -> int:
    """Exit code. To be called in isolation."""
    try:
        return asyncio.run(_make_run(request, activities))
    except LabFailure as failure:
        print(f"lab/run: {failure}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in _USED_UP:
            raise
        print(f"lab/run: the machine has no more of what the run needs: {error}", file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        print("lab/run: interrupted; nothing was written", file=sys.stderr)
        return _INTERRUPTED


async def _make_run(request: Request, activities: Mapping[str, Activity]) -> int:
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of writes after a peer's end
    asyncio.get_running_loop().set_exception_handler(_tell_of_fault)
    begun = asyncio.Event()
    stopped = _stop_on_signals(begun)
    plan = make_plan(request.scenario, activities, request.seed, request.hosts)
    lab = Laboratory(request.seed, WORK, Authority(WORK, request.seed))
    play = Play(request.scenario, plan, activities, lab, request.minutes * 60)
    try:
        print(f"lab/run: setting up {len(plan.clients)} hosts and {sum(map(len, plan.servers))} servers", file=sys.stderr)
        await play.build()
        begun.set()
        started = time.time()
        progress = asyncio.create_task(show_progress(play.seconds, play.state))
        try:
            await play.run(request.full, stopped)
        finally:
            progress.cancel()
            await asyncio.gather(progress, return_exceptions=True)
        seconds = time.time() - started
    finally:
        path_counts = await lab.close()
    print(f"lab/run: {path_counts}", file=sys.stderr)
    try:
        problems = _write(request, play, lab, started, seconds)
    except OSError as error:
        raise LabFailure(f"the run could not be written to '{request.out}': {error}") from None
    return _INTERRUPTED if stopped.is_set() else int(bool(problems))


def _tell_of_fault(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Servers that may not accept any more say so thousands of times a second; `Play` says it once."""
    error = context.get("exception")
    if not (isinstance(error, OSError) and error.errno in _USED_UP):
        loop.default_exception_handler(context)


def _stop_on_signals(begun: asyncio.Event) -> asyncio.Event:
    """Once clients have begun, the first signal sets the event, the second cancels the run; before, the first does."""
    stopped = asyncio.Event()
    task = asyncio.current_task()
    assert task

    def stop() -> None:
        if stopped.is_set() or not begun.is_set():
            task.cancel()
        else:
            print("\nlab/run: ends early; once more to write nothing", file=sys.stderr)
            stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopped


def _write(request: Request, play: Play, lab: Laboratory, started: float, seconds: float) -> list[str]:
    """Writes the files of the run; returns what is wrong with it, which has been said on standard error."""
    raw, capture = WORK / "raw.pcap", WORK / "capture.pcapng"
    done = subprocess.run(
        [str(built("kanaria")), "capture", "-r", str(raw), "-w", str(capture)], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise LabFailure(f"'kanaria capture' failed: {done.stderr.strip()}")
    labels = make_labels(lab.log, captured_connections(capture))
    if not labels.rows:
        raise LabFailure("the capture has no connection; nothing was written")
    _empty(request.out)
    group = f"kanaria-lab-{request.scenario.name}-{request.seed}"
    shutil.copyfile(capture, request.out / "capture.pcapng")
    if request.full:
        shutil.copyfile(raw, request.out / "full.pcap")
    write_labels(request.out / "LABELS.csv", "capture.pcapng", group, labels)
    problems = _problems(play, labels)
    facts = _facts(request, play, started, seconds, problems)
    write_report(request.out, facts, read_figures(request.out / "LABELS.csv"))
    for problem in problems:
        print(f"lab/run: {problem}", file=sys.stderr)
    mining = sum(1 for _, story in labels.rows if story.label == "mining")
    print(f"{request.out}: {len(labels.rows)} connections ({mining} mining), {play.loss.captured} packets")
    return problems


def _empty(folder: Path) -> None:
    """Without the files of an earlier run; labels come after their capture, so what is cut short has none."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        (folder / name).unlink(missing_ok=True)


def _facts(request: Request, play: Play, started: float, seconds: float, problems: list[str]) -> RunFacts:
    scenario = request.scenario
    visits = {kind: VisitCounts(counts.begun, counts.ended_early.total()) for kind, counts in play.counts.items()}
    hosts = len(play.plan.clients)
    minutes = round(min(seconds, play.seconds) / 60, 1)
    return RunFacts(
        scenario.name, scenario.title, request.seed, hosts, minutes, started, visits, play.loss.dropped, problems
    )


def _problems(play: Play, labels: Labels) -> list[str]:
    problems = []
    if play.loss.dropped:
        problems.append(f"tcpdump lost {play.loss.dropped} of {play.loss.captured} packets: run it on a quieter machine")
    if labels.disagreements:
        more = len(labels.disagreements) - _SHOWN
        problems += labels.disagreements[:_SHOWN] + ([f"and {more} more such disagreements"] if more > 0 else [])
    for activity, counts in play.counts.items():
        if counts.faults:
            problems.append(f"{len(counts.faults)} visits of '{activity}' failed, the first with:\n{counts.faults[0]}")
    return problems
