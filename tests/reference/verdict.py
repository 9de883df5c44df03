# SPDX-License-Identifier: Apache-2.0
"""Rows' log-odds -> evidence and verdict of a connection (docs/definitions.md, "Verdict of the
`rhythm` lens").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from connections import SECOND_NS
from rhythm import Row

LEAST_MESSAGES = 8
LEAST_AGE_NS = 30 * SECOND_NS
MOST_WEIGHT, WINDOW = 0.5, 16
MOST_LOG_ODDS = 9


@dataclass(frozen=True)
class Verdict:
    name: str
    evidence: float
    alarm_ns: int | None
    closest: float  # how near to T, or in the end to T / 2, the evidence came while judged


def log_odds(logit: float, points: Sequence[tuple[float, float]]) -> float:
    """On the lines that join the points (logit, log-odds); beyond them what the end points have."""
    if logit <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if logit <= x1:
            return y0 + (y1 - y0) * (logit - x0) / (x1 - x0)
    return points[-1][1]


def verdict(begin_ns: int, rows: list[tuple[Row, float]], threshold: float) -> Verdict:
    """`begin_ns`: the first message's start; `rows`: each with its log-odds."""
    total, evidence, messages_before, alarm_ns, closest = 0.0, 0.0, 0, None, threshold
    judged, latest_ns = False, begin_ns
    for row, x in rows:
        weight = min(MOST_WEIGHT, (row.messages - messages_before) / WINDOW)
        messages_before = row.messages
        total = max(0.0, total + weight * min(max(x, -MOST_LOG_ODDS), MOST_LOG_ODDS))
        evidence = max(0.0, total - log2(max(1, row.messages / WINDOW)))
        latest_ns = max(latest_ns, row.time_ns)
        judged = row.messages >= LEAST_MESSAGES and latest_ns - begin_ns >= LEAST_AGE_NS
        if judged:
            closest = min(closest, abs(evidence - threshold))
            if evidence > threshold and alarm_ns is None:
                alarm_ns = row.time_ns
    closest = min(closest, abs(evidence - threshold / 2))
    if alarm_ns is not None:
        name = "mining"
    elif not judged:
        name = "undecided"
    else:
        name = "suspicious" if evidence > threshold / 2 else "clear"
    return Verdict(name, evidence, alarm_ns, closest)
