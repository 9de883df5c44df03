# SPDX-License-Identifier: Apache-2.0
"""What a page that embeds pages/miner.js is told: the settings stand behind the '#' of its address."""

import json
from pathlib import Path
from random import Random
from urllib.parse import quote

from lab.miners import browser_messages as messages
from lab.miners.browser_messages import Library
from lab.miners.browser_miner import BrowserMiner

SCRIPT = Path(__file__).parent / "pages" / "miner.js"
# Coinhive's library with its WebAssembly was of this size.
_LIBRARY_BYTES = (60_000, 180_000)


def write_library(file: Path, random: Random) -> None:
    """The script, as long as a service's library."""
    with file.open("wb") as stream:
        stream.write(SCRIPT.read_bytes() + b"/*")
        stream.truncate(random.randint(*_LIBRARY_BYTES))
        stream.seek(0, 2)
        stream.write(b"*/")


def settings(
    url: str, library: Library, in_base64: bool, miner: BrowserMiner, key: str, slowness: float, random: Random
) -> str:
    """The part of the page's address from its '#' on."""
    told = {
        "url": url,
        "auth": messages.auth(library, key, random),
        "version": library.versions[-1] if library.versions else None,
        "base64": in_base64,
        "threads": miner.threads,
        "hashesPerSAndThread": miner.hashes_per_s_and_thread / slowness,
        "throttle": miner.throttle,
        "seed": random.getrandbits(31),
    }
    return "#" + quote(json.dumps(told, separators=(",", ":")))
