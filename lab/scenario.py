# SPDX-License-Identifier: Apache-2.0
"""A scenario file: who talks to whom, for how long. TOML, made to be copied and changed; scenarios/ holds examples.

    title = "An office in which two machines mine"
    minutes = 10
    hosts = 40                    # clients behind the router; each does several things at once
    interface = "lan"             # of the router, where tcpdump listens: lan or wan

    [[traffic]]
    activity = "xmrig-tls"        # `lab/run --list` prints them all; a list stands for a table of each
    servers = 2                   # each with parameters of its own
    clients = 4                   # hosts that do this
    start_s = [0, 60]             # a client's first visit begins within this time
    life_s = [120, 600]           # how long a visit lasts; to the end if absent
    pause_s = [5, 60]             # then the client comes back after this pause; once only if absent
    shape = "padded"              # what an evader does to the connections

    [shapes.padded]               # lab/shape.py says what each measure is
    pad_up_to = 256
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from lab.activity import Activity
from lab.failure import LabFailure
from lab.shape import UNSHAPED, Shape

SCENARIOS = Path(__file__).resolve().parent / "scenarios"
_INTERFACES = ("lan", "wan")

Span = tuple[float, float]


@dataclass(frozen=True)
class Traffic:
    activity: str
    servers: int = 1
    clients: int = 1
    start_s: Span = (0.0, 20.0)
    life_s: Span | None = None
    pause_s: Span | None = None
    shape: Shape = UNSHAPED
    shape_name: str = ""


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    minutes: float
    hosts: int
    interface: str
    traffic: tuple[Traffic, ...]


def load_scenario(name: str, activities: Mapping[str, Activity]) -> Scenario:
    """By the name of a file in scenarios/ or by a path."""
    file = SCENARIOS / f"{name}.toml" if "/" not in name and not name.endswith(".toml") else Path(name)
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(path.stem for path in SCENARIOS.glob("*.toml")))
        raise LabFailure(f"there is no scenario '{name}': it is one of {known}, or the path of a TOML file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LabFailure(f"{file}: cannot be read as TOML: {error}") from None
    return _Reader(str(file), activities).scenario(file.stem, content)


class _Reader:
    def __init__(self, file: str, activities: Mapping[str, Activity]) -> None:
        self._file, self._activities = file, activities

    def scenario(self, name: str, content: dict[str, Any]) -> Scenario:
        self._know(content, {"title", "minutes", "hosts", "interface", "traffic", "shapes"}, "the file")
        shapes = {key: self._shape(key, table) for key, table in self._table(content, "shapes").items()}
        entries = content.get("traffic", [])
        if not isinstance(entries, list) or not entries:
            raise self._wrong("it needs at least one [[traffic]] table")
        hosts = self._count(content, "hosts", 20, "the file")
        traffic = tuple(
            self._traffic(f"[[traffic]] {number}", single, shapes, hosts)
            for number, entry in enumerate(entries, 1)
            for single in self._of_each_activity(f"[[traffic]] {number}", entry)
        )
        interface = content.get("interface", "lan")
        if interface not in _INTERFACES:
            raise self._wrong(f"interface is '{interface}', not lan or wan")
        minutes = content.get("minutes", 10)
        if not _number(minutes) or not 0 < minutes < math.inf:
            raise self._wrong("minutes is not a number above 0")
        return Scenario(name, str(content.get("title", name)), float(minutes), hosts, interface, traffic)

    def _of_each_activity(self, where: str, entry: Any) -> list[dict[str, Any]]:
        if not isinstance(entry, dict):
            raise self._wrong(f"{where} is not a table")
        names = entry.get("activity")
        return [entry | {"activity": name} for name in (names if isinstance(names, list) else [names])]

    def _traffic(self, where: str, entry: dict[str, Any], shapes: dict[str, Shape], hosts: int) -> Traffic:
        self._know(entry, {f.name for f in fields(Traffic)} - {"shape_name"}, where)
        name = entry["activity"]
        if name not in self._activities:
            raise self._wrong(f"{where}: there is no activity '{name}'; `lab/run --list` prints them all")
        shape_name = entry.get("shape", "")
        if shape_name and shape_name not in shapes:
            raise self._wrong(f"{where}: there is no table [shapes.{shape_name}]")
        shape = shapes[shape_name] if shape_name else UNSHAPED
        if (shape.framed or shape.tunnel) and not self._activities[name].shapeable:
            raise self._wrong(f"{where}: the clients of '{name}' are real programs, which no shape reaches")
        clients = self._count(entry, "clients", 1, where)
        if clients > hosts:
            raise self._wrong(f"{where}: {clients} clients are more than the {hosts} hosts")
        return Traffic(
            name,
            self._count(entry, "servers", 1, where),
            clients,
            self._span(entry, "start_s", where) or Traffic.start_s,
            self._span(entry, "life_s", where),
            self._span(entry, "pause_s", where),
            shape,
            shape_name,
        )

    def _shape(self, name: str, table: Any) -> Shape:
        where = f"[shapes.{name}]"
        if not isinstance(table, dict):
            raise self._wrong(f"{where} is not a table")
        measures = {f.name: f.type for f in fields(Shape)}
        self._know(table, set(measures), where)
        for key, value in table.items():
            fits = isinstance(value, bool) if measures[key] is bool else _number(value) and 0 <= value < math.inf
            if not fits or (key == "split" and value > 1):
                raise self._wrong(f"{where}: {key} cannot be {value!r}")
        shape = Shape(**table)
        if shape.tunnel and shape.framed:
            raise self._wrong(f"{where}: a tunnel goes with reconnect_s and slowness only")
        return shape

    def _table(self, content: dict[str, Any], key: str) -> dict[str, Any]:
        table = content.get(key, {})
        if not isinstance(table, dict):
            raise self._wrong(f"{key} is not a table")
        return table

    def _count(self, table: dict[str, Any], key: str, default: int, where: str) -> int:
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._wrong(f"{where}: {key} is not a whole number of at least 1")
        return value

    def _span(self, table: dict[str, Any], key: str, where: str) -> Span | None:
        value = table.get(key)
        if value is None:
            return None
        ends = value if isinstance(value, list) else [value, value]
        if len(ends) != 2 or not all(_number(end) and 0 <= end < math.inf for end in ends) or ends[0] > ends[1]:
            raise self._wrong(f"{where}: {key} is not [least, most] in seconds")
        if key == "life_s" and ends[0] == 0:
            raise self._wrong(f"{where}: {key} begins at 0; a visit lasts")
        return float(ends[0]), float(ends[1])

    def _know(self, table: dict[str, Any], known: set[str], where: str) -> None:
        for key in table:
            if key not in known:
                raise self._wrong(f"{where}: '{key}' is not known; it is one of {', '.join(sorted(known))}")

    def _wrong(self, what: str) -> LabFailure:
        return LabFailure(f"{self._file}: {what}")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
