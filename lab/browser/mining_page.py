# SPDX-License-Identifier: Apache-2.0
"""A page that embeds pages/miner.js: the script as long as a service's library, and what the page tells it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from urllib.parse import quote

from lab.miners.json_rpc import Message

SCRIPT = Path(__file__).parent / "pages" / "miner.js"
# Coinhive's library with its WebAssembly was of this size.
_LIBRARY_BYTES = (60_000, 180_000)


def write_library(file: Path, random: Random) -> None:
    with file.open("wb") as stream:
        stream.write(SCRIPT.read_bytes() + b"/*")
        stream.truncate(random.randint(*_LIBRARY_BYTES))
        stream.seek(0, 2)
        stream.write(b"*/")


@dataclass(frozen=True)
class PageSettings:
    """What miner.js is told; of one visit to a page."""

    url: str  # of the WebSocket
    auth: Message
    version: int
    in_base64: bool
    threads: int
    hashes_per_s_and_thread: float
    throttle: float
    one_tab: bool  # of all tabs of a site one mines
    seed: int  # 31 bits

    def fragment(self) -> str:
        """The part of the page's address from its '#' on, which no server is told."""
        return "#" + quote(json.dumps(asdict(self), separators=(",", ":")))
