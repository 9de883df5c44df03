# SPDX-License-Identifier: Apache-2.0
"""What the lab's own programs know of each connection: who dialled whom, when, and what it is."""

from dataclasses import dataclass, field
from typing import Protocol

MINING = "mining"
BENIGN = "benign"

# Client address and port, server address and port.
Tuple = tuple[str, int, str, int]


class Addressed(Protocol):
    """A host."""

    @property
    def addresses(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Story:
    """What a connection is: `label` mining or benign, `kind` the dialect or service, `evidence` how that is known."""

    label: str
    kind: str
    evidence: str


@dataclass
class LoggedConnection:
    tuple: Tuple
    story: Story
    dialled: float  # epoch seconds, before the SYN
    closed: float | None = None  # None: still open at the end


@dataclass
class ConnectionLog:
    connections: list[LoggedConnection] = field(default_factory=list)
    # Client address, server address, server port: for programs that dial as often as they like.
    claims: dict[tuple[str, str, int], Story] = field(default_factory=dict)

    def add(self, tuple_: Tuple, story: Story, dialled: float) -> LoggedConnection:
        entry = LoggedConnection(tuple_, story, dialled)
        self.connections.append(entry)
        return entry

    def claim(self, client: Addressed, server: Addressed, port: int, story: Story) -> None:
        for mine in client.addresses:
            for theirs in server.addresses:
                self.claims[mine, theirs, port] = story
