# SPDX-License-Identifier: Apache-2.0
"""Cumulative shares of sizes and times, as panels of a page."""

from collections.abc import Mapping, Sequence

from lab.analysis.distribution import Distribution
from lab.analysis.page import Axis, Panels

# One axis for all kinds, so that panels can be compared by eye.
SIZES = Axis("bytes", is_log=True, domain=(1.0, 20_000.0))
TIMES = Axis("seconds", is_log=True, domain=(1e-4, 1000.0))

_POINTS = 80  # of a line: more are not seen at the size of a panel


def cumulative_panels(
    axis: Axis, series: Sequence[str], distributions: Mapping[str, Sequence[Distribution | None]]
) -> Panels:
    """`distributions`: title of a panel -> one of each series, None where there are no values."""
    assert axis.domain, "an axis of cumulative shares has its ends"
    share = Axis("share", domain=(0.0, 1.0))
    lines = {title: [curve(each, axis.domain) for each in row] for title, row in distributions.items()}
    return Panels(axis, share, series, lines)


def curve(values: Distribution | None, ends: tuple[float, float]) -> list[tuple[float, float]]:
    """The cumulative shares as points of a stepped line from end to end of the axis; lower values count as its low."""
    if not values:
        return []
    low, high = ends
    steps = list(zip(values.values, values.shares))
    if len(steps) > _POINTS:
        quantiles = [values.quantile(step / _POINTS) for step in range(1, _POINTS + 1)]
        steps = [(value, values.share_up_to(value)) for value in dict.fromkeys([values.values[0], *quantiles])]
    points = [(float(f"{max(value, low):.4g}"), round(share, 4)) for value, share in steps]
    return [(low, 0.0), (points[0][0], 0.0), *points, (max(high, points[-1][0]), 1.0)]
