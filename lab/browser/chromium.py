# SPDX-License-Identifier: Apache-2.0
"""Debian's Chromium without a window: an empty profile, own names, the lab's authority trusted, nothing of its own.

Flags: chromium's base/base_switches and https://peter.sh/experiments/chromium-command-line-switches. Whatever the
browser looks up is a name of the lab or does not exist; each other dial would show in the capture without a label.
"""

import asyncio
import base64
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.browser.devtools import DevTools

NEEDS = {"chromium": "chromium"}

_FLAGS = (
    "--headless=new", "--no-sandbox", "--no-first-run", "--no-default-browser-check", "--no-pings", "--mute-audio",
    "--disable-background-networking", "--disable-breakpad", "--disable-component-update", "--disable-default-apps",
    "--disable-dev-shm-usage", "--disable-domain-reliability", "--disable-extensions", "--disable-gpu",
    "--disable-quic", "--disable-sync", "--metrics-recording-only", "--password-store=basic", "--use-mock-keychain",
    "--disable-features=Translate,OptimizationHints,MediaRouter,InterestFeedContentSuggestions,DialMediaRouteProvider",
    "--disk-cache-size=33554432", "--remote-debugging-pipe",
)  # fmt: skip
# The browser reads commands from descriptor 3 and answers on 4; bash, because other shells know one digit only.
_ON_PIPES = 'from=$1 to=$2; shift 2; exec "$@" 3<&"$from" 4>&"$to"'
_ABOVE_STANDARD_DESCRIPTORS = 10
_GOODBYE_S = 5.0
_POLL_S = 0.25

# A command and options of subprocess.Popen to a running program.
Start = Callable[..., subprocess.Popen]


def key_fingerprint(certificate: Path) -> str:
    """Of the public key of a PEM file's first certificate, as --ignore-certificate-errors-spki-list wants it."""
    public = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True, text=True
    ).stdout
    der = base64.b64decode("".join(public.splitlines()[1:-1]))
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


@dataclass
class Tab:
    """One page of a browser."""

    _devtools: DevTools
    _target: str
    _session: str

    async def go(self, url: str) -> None:
        """Returns once the navigation has begun; ConnectionError when the browser cannot reach the page."""
        result = await self._devtools.call("Page.navigate", self._session, url=url)
        if result.get("errorText"):
            raise ConnectionError(f"Chromium: {url}: {result['errorText']}")

    async def evaluate(self, script: str) -> Any:
        result = await self._devtools.call("Runtime.evaluate", self._session, expression=script, returnByValue=True)
        return result["result"].get("value")

    async def loaded(self, at_most_s: float) -> None:
        """Returns once the page and its objects are there, or the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                while await self.evaluate("document.readyState") != "complete":
                    await asyncio.sleep(_POLL_S)

    async def scroll(self, pixels: int) -> None:
        await self.evaluate(f"window.scrollBy({{top: {pixels}, behavior: 'smooth'}})")

    async def clear_cache(self) -> None:
        """The whole browser's."""
        await self._devtools.call("Network.clearBrowserCache", self._session)

    async def close(self) -> None:
        await self._devtools.call("Target.closeTarget", targetId=self._target)


class Chromium:
    def __init__(self, devtools: DevTools) -> None:
        self._devtools = devtools

    async def open_tab(self) -> Tab:
        target = (await self._devtools.call("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self._devtools.call("Target.attachToTarget", targetId=target, flatten=True)
        return Tab(self._devtools, target, attached["sessionId"])

    async def quit(self) -> None:
        """As a person closes the window: pages say goodbye to their servers."""
        with contextlib.suppress(ConnectionError, TimeoutError, OSError):
            async with asyncio.timeout(_GOODBYE_S):
                await self._devtools.call("Browser.close")


@contextlib.asynccontextmanager
async def chromium(
    start: Start,
    folder: Path,
    addresses: Mapping[str, str],
    fingerprints: Sequence[str] = (),
    flags: Sequence[str] = (),
) -> AsyncIterator[Chromium]:
    """A browser that is gone at the end, with all it wrote, which stays in `folder`.

    `addresses`: all names there are. `fingerprints`: a certificate is good if one of its chain has such a key.
    """
    folder.mkdir(parents=True)
    rules = [f"MAP {name} {address}" for name, address in addresses.items()] + ["MAP * ~NOTFOUND"]
    flags = [*_FLAGS, *flags, f"--user-data-dir={folder}", "--host-resolver-rules=" + ",".join(rules)]
    if fingerprints:
        flags.append("--ignore-certificate-errors-spki-list=" + ",".join(fingerprints))
    program, devtools = await _start_on_pipes(start, ["chromium", *flags, "about:blank"], folder)
    browser = Chromium(devtools)
    try:
        yield browser
    finally:
        await browser.quit()
        await _ended(program)
        devtools.close()
        shutil.rmtree(folder, ignore_errors=True)


async def _start_on_pipes(start: Start, command: list[str], folder: Path) -> tuple[subprocess.Popen, DevTools]:
    from_us, ours_to_write = os.pipe()
    ours_to_read, to_us = os.pipe()
    theirs = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _ABOVE_STANDARD_DESCRIPTORS) for end in (from_us, to_us)]
    os.close(from_us)
    os.close(to_us)
    try:
        # Its own session: a shell and its children end together. HOME and TMPDIR keep what it writes in one place.
        environment = os.environ | {"HOME": str(folder), "TMPDIR": str(folder)}
        program = start(
            ["bash", "-c", _ON_PIPES, "chromium", *map(str, theirs), *command],
            pass_fds=tuple(theirs),
            env=environment,
            start_new_session=True,
        )
    except BaseException:
        os.close(ours_to_write)
        os.close(ours_to_read)
        raise
    finally:
        for end in theirs:
            os.close(end)
    return program, await DevTools.over(ours_to_write, ours_to_read)


async def _ended(program: subprocess.Popen) -> None:
    for _ in range(int(_GOODBYE_S / _POLL_S)):
        if program.poll() is not None:
            return
        await asyncio.sleep(_POLL_S)
    program.kill()
    program.wait()
