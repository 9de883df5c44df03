# SPDX-License-Identifier: Apache-2.0
"""Comparisons of the lab with public captures as plain text."""

from collections.abc import Mapping, Sequence

from lab.analysis.distribution import Distribution
from lab.analysis.figures import number
from lab.analysis.public_kinds import ROLES, Published
from lab.analysis.two_samples import Comparison, ConnectionValues, side

Values = Mapping[str, list[ConnectionValues]]

DISTANCE_COLUMNS = (
    "quantity", "lab", "public", "KS", "noise", "log W", "noise", "connections", "values", "medians",
)  # fmt: skip
_TEXT_COLUMNS = 3


def distance_row(comparison: Comparison) -> tuple[str, ...]:
    """Texts of DISTANCE_COLUMNS; counts and medians: the lab's / the public ones'."""
    lab, public = comparison.lab, comparison.public
    noise = comparison.noise
    return (
        comparison.quantity, comparison.lab_kind, comparison.public_kind,
        f"{comparison.distance.ks:.2f}", f"{noise.ks:.2f}" if noise else "-",
        f"{comparison.distance.log_w:.2f}", f"{noise.log_w:.2f}" if noise else "-",
        f"{lab.connections:,} / {public.connections:,}", f"{lab.values:,} / {public.values:,}", _medians(comparison),
    )  # fmt: skip


def distances_text(comparisons: Sequence[Comparison]) -> str:
    rows = [DISTANCE_COLUMNS, *map(distance_row, comparisons)]
    return _aligned(rows) + (
        "\n(lab / public; log W: 0.30 is a factor of 2; noise: two halves of the public connections;\n"
        "bytes of segments' payload, seconds; '-': not known, as there is one public connection)\n"
    )


def shapes_text(published: Sequence[Published], lab: Values, public: Values) -> str:
    """Payloads by role, of each dialect that one of the sides has."""
    rows: list[tuple[str, ...]] = [("dialect", "from", "", *ROLES)]
    for shape in published:
        measured = [("lab", kind, lab[kind]) for kind in shape.lab if kind in lab]
        measured += [("public", kind, public[kind]) for kind in shape.public if kind in public]
        if not measured:
            continue
        rows.append((shape.dialect, "published", "", *(shape.sizes.get(role, "-") for role in ROLES)))
        for where, kind, connections in measured:
            rows.append(("", where, kind, *(_sizes_of_role(connections, role) for role in ROLES)))
    note = (
        "\n(payload bytes of segments: median, and in brackets the commonest if it is another. login: the client's\n"
        "first; job: the server's after its own; submit: the client's further ones; reply: the server's after the\n"
        "client's)\n"
    )
    return _aligned(rows) + note


def worst_text(comparisons: Sequence[Comparison]) -> str:
    beyond = [comparison for comparison in comparisons if comparison.is_beyond_noise]
    counted = f"{len(beyond)} of {len(comparisons)} distances are larger than the noise"
    if not beyond:
        return f"{counted}."
    furthest = max(beyond, key=lambda comparison: comparison.distance.log_w)
    return f"{counted}. Worst by KS: {_sentence(beyond[0])}; by log W: {_sentence(furthest)}."


def _sentence(comparison: Comparison) -> str:
    distance, noise = comparison.distance, comparison.noise
    numbers = f"KS {distance.ks:.2f}, log W {distance.log_w:.2f}"
    beside = f"two halves of the public: {noise.ks:.2f}, {noise.log_w:.2f}" if noise else "noise not known"
    return (
        f"{comparison.quantity} of {comparison.lab_kind} against public {comparison.public_kind} "
        f"({numbers}; {beside}; medians {_medians(comparison)})"
    )


def _medians(comparison: Comparison) -> str:
    return f"{_median(comparison.lab.distribution())} / {_median(comparison.public.distribution())}"


def _median(distribution: Distribution) -> str:
    return number(distribution.quantile(0.5))


def _sizes_of_role(connections: Sequence[ConnectionValues], role: str) -> str:
    """The median, and the commonest size where it is another one."""
    found = side(connections, role)
    if not found:
        return "-"
    sizes = found.distribution()
    median, commonest = _median(sizes), number(sizes.commonest())
    return median if median == commonest else f"{median} ({commonest})"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if place < _TEXT_COLUMNS else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
