# SPDX-License-Identifier: Apache-2.0
"""What the lab's own programs know of each connection: who dialled whom, when, and what it is."""

from dataclasses import dataclass, field

MINING = "mining"
BENIGN = "benign"

# Client address and port, server address and port.
Tuple = tuple[str, int, str, int]


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

    def add(self, tuple_: Tuple, story: Story, dialled: float) -> LoggedConnection:
        entry = LoggedConnection(tuple_, story, dialled)
        self.connections.append(entry)
        return entry
