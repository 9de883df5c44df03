# SPDX-License-Identifier: Apache-2.0
"""Plays a scenario: builds its hosts, captures on the router while they act, labels what was seen."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from types import ModuleType

from lab.capture import Capture
from lab.capture_file import read_pcap, resolution_ns, write_capture
from lab.header_cut import Segment, cut_at_headers
from lab.labels import Label, checked_labels
from lab.laboratory import Laboratory

# From the last goodbye to the end of the capture: several round trips.
_AFTERGLOW_S = 2.0


async def later(delay_s: float, act: Callable[..., Awaitable[None]], *arguments: object) -> None:
    await asyncio.sleep(delay_s)
    await act(*arguments)


class Play:
    """One scenario from build to files. `seconds` may be less than the scenario's own."""

    def __init__(self, scenario: ModuleType, lab: Laboratory, seconds: float) -> None:
        self.file_name = scenario.FILE
        self.seconds = seconds
        self._scenario, self._lab = scenario, lab
        self._acts: list[Coroutine] = []
        self._raw = lab.folder / "raw.pcap"

    async def build(self) -> None:
        self._acts = await self._scenario.build(self._lab)

    async def run(self) -> None:
        self._lab.network.start()
        capture = Capture(self._lab.network.router, self._scenario.INTERFACE, self._raw)
        acts = [asyncio.create_task(act) for act in self._acts]
        self._acts = []
        try:
            done, _ = await asyncio.wait(acts, timeout=self.seconds, return_when=asyncio.FIRST_EXCEPTION)
            for act in done:
                act.result()
        finally:
            for act in acts:
                act.cancel()
            await asyncio.gather(*acts, return_exceptions=True)
            await asyncio.sleep(_AFTERGLOW_S)
            await capture.stop()
        self._lab.network.check()

    def write(self, folder: Path) -> tuple[list[Label], list[Segment]]:
        """Writes the capture, cut at its headers, and returns its labels and segments."""
        file = folder / self.file_name
        link_type, frames = read_pcap(self._raw)
        segments = list(cut_at_headers(frames, link_type, resolution_ns(file)))
        labels = checked_labels(self.file_name, self._lab.log.connections, segments)
        write_capture(file, link_type, (segment.frame for segment in segments))
        return labels, segments

    async def close(self) -> None:
        for act in self._acts:
            act.close()
        await self._lab.close()
