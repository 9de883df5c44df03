# SPDX-License-Identifier: Apache-2.0
"""Whether two sets of `rhythm` rows are the same: number, packet and time exactly, values within
what float32 and another order of additions leave. A row whose last message the connection's end
finished is no packet's: its number is not compared.
"""

from collections.abc import Iterator
from typing import Any

from rhythm import Row

# float32 holds 7 digits; a value near 0 is the difference of two near each other.
RELATIVE, ABSOLUTE = 1e-4, 1e-4

Dumped = list[Any]  # [number of the packet, time, [values]]


def row_differences(ours: list[Row], theirs: list[Dumped]) -> Iterator[str]:
    if len(ours) != len(theirs):
        yield f"rhythm: model has {len(ours)} rows, kanaria {len(theirs)}"
    for row, (number, time_ns, values) in zip(ours, theirs):
        where = f"rhythm at message {row.messages}"
        if row.frame is not None and row.frame != number:
            yield f"{where}: packet: model {row.frame}, kanaria {number}"
        if row.time_ns != time_ns:
            yield f"{where}: time: model {row.time_ns}, kanaria {time_ns}"
        if len(values) != len(row.values):
            yield f"{where}: model has {len(row.values)} values, kanaria {len(values)}"
        for (name, value), other in zip(row.values.items(), values):
            if other is None or not agree(value, other):
                yield f"{where}: {name}: model {value:.9g}, kanaria {other}"


def agree(one: float, other: float) -> bool:
    return abs(one - other) <= max(ABSOLUTE, RELATIVE * abs(one))
