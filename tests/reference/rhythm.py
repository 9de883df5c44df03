# SPDX-License-Identifier: Apache-2.0
"""Rows of the `rhythm` lens: 61 values of the last messages (docs/features.md, "rhythm 1").

Whether something lies within a bound is asked of whole nanoseconds and bytes, exact in Python;
logarithms and ratios are taken in floating point.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, log2, log10, sqrt

from connections import SECOND_NS, TO_CLIENT, TO_SERVER, Connection
from messages import Message, messages
from round_trip import least_round_trip_ns, round_trips

FIRST_ROW, MOST_MESSAGES, EARLY_STEP, LATE_STEP = 8, 16, 2, 6
MILLISECOND_NS = SECOND_NS // 1000
LEAST_ROUND_TRIP_NS, LONGEST_ROUND_TRIP_NS = MILLISECOND_NS, SECOND_NS
UNKNOWN_ROUND_TRIP_NS = 50 * MILLISECOND_NS

Number = int | float


@dataclass(frozen=True)
class Row:
    messages: int  # of the connection up to here
    frame: int | None  # that finished the last one; None: the connection's end did
    time_ns: int
    values: dict[str, float]  # in the order of the lens


def rows(connection: Connection) -> Iterator[Row]:
    said, trips = messages(connection), list(round_trips(connection))
    for count in range(1, len(said) + 1):
        if not makes_a_row(count):
            continue
        last = said[count - 1]
        window = said[max(0, count - MOST_MESSAGES) : count]
        round_trip_ns = least_round_trip_ns(trips, last.finished_by)
        yield Row(count, last.finished_by, last.end_ns, row_values(window, round_trip_ns))


def makes_a_row(count: int) -> bool:
    if count <= MOST_MESSAGES:
        return count >= FIRST_ROW and (count - FIRST_ROW) % EARLY_STEP == 0
    return (count - MOST_MESSAGES) % LATE_STEP == 0


def row_values(window: list[Message], round_trip_ns: int | None) -> dict[str, float]:
    view = Window(window, round_trip_ns)
    return (
        shares(view)
        | sizes(view)
        | size_ratios(view)
        | dispersion("up", view.up)
        | dispersion("push", view.pushes)
        | likeness("spontaneous", sizes_of(view.spontaneous))
        | turns(view)
        | times(view)
        | start_times("push", view.pushes)
        | start_times("spontaneous", view.spontaneous)
        | start_times("up", view.up)
        | latency(view)
        | {"messages": view.length / MOST_MESSAGES}
    )


class Window:
    """W messages, their gaps, and which of them are U, D, R, P and S."""

    def __init__(self, window: list[Message], round_trip_ns: int | None) -> None:
        self.all = window
        self.length = len(window)
        self.round_trip_ns = (
            UNKNOWN_ROUND_TRIP_NS
            if round_trip_ns is None
            else min(max(round_trip_ns, LEAST_ROUND_TRIP_NS), LONGEST_ROUND_TRIP_NS)
        )
        self.neighbours = list(zip(window, window[1:]))
        self.gaps = [max(0, after.start_ns - before.end_ns) for before, after in self.neighbours]
        self.up = [message for message in window if message.direction == TO_SERVER]
        self.down = [message for message in window if message.direction == TO_CLIENT]
        replying = [i for i in range(1, self.length) if self.is_reply(i)]
        self.replies = [window[i] for i in replying]
        self.reply_gaps = [self.gaps[i - 1] for i in replying]
        self.pushes = [
            window[i]
            for i in range(self.length)
            if window[i].direction == TO_CLIENT and i not in replying
        ]
        self.spontaneous = [window[i] for i in range(self.length) if self.is_spontaneous(i)]

    def is_reply(self, i: int) -> bool:
        before, this = self.neighbours[i - 1]
        longest_ns = 250 * MILLISECOND_NS + 3 * self.round_trip_ns
        return (
            this.direction == TO_CLIENT
            and before.direction == TO_SERVER
            and self.gaps[i - 1] <= longest_ns
        )

    def is_spontaneous(self, i: int) -> bool:
        if self.all[i].direction != TO_SERVER:
            return False
        down_before = [m for m in self.all[:i] if m.direction == TO_CLIENT]
        if not down_before:
            return True
        since_ns = self.all[i].start_ns - down_before[-1].end_ns
        return since_ns > 200 * MILLISECOND_NS + self.round_trip_ns


def shares(view: Window) -> dict[str, float]:
    return {
        "up_share": len(view.up) / view.length,
        "up_bytes_share": sum(sizes_of(view.up)) / sum(sizes_of(view.all)),
    }


def sizes(view: Window) -> dict[str, float]:
    every = sizes_of(view.all)
    up = sizes_of(view.up)
    return {
        "up_size": log_median(up),
        "down_size": log_median(sizes_of(view.down)),
        "push_size": log_median(sizes_of(view.pushes)),
        "reply_size": log_median(sizes_of(view.replies)),
        "mean_size": log2(1 + sum(every) / len(every)),
        "up_small": share(size < 600 for size in up),
        "largest_size": log2((max(every) + 20) / (median(every) + 20)),
    }


def size_ratios(view: Window) -> dict[str, float]:
    up, down = sizes_of(view.up), sizes_of(view.down)
    pushes, replies = sizes_of(view.pushes), sizes_of(view.replies)
    below = [10 * size <= 6 * median(pushes) for size in replies] if pushes else []
    return {
        "down_to_up": log_ratio(down, up),
        "push_to_reply": log_ratio(pushes, replies),
        "push_to_up": log_ratio(pushes, up),
        "up_to_reply": log_ratio(up, replies),
        "replies_below_push": share(below),
    }


def dispersion(name: str, of: list[Message]) -> dict[str, float]:
    found = sizes_of(of)
    middle = median(found) if found else 0
    spread = percentile(found, 0.9) - percentile(found, 0.1) if found else 0
    return (
        {f"{name}_mad": min(3, mad(found) / middle) if found else 0}
        | likeness(name, found)
        | {
            f"{name}_spread": min(3, spread / middle) / 3 if found else 0,
            f"{name}_distinct": len(set(found)) / len(found) if found else 0,
            f"{name}_repeat": share(abs(b - a) <= 3 for a, b in zip(found, found[1:])),
        }
    )


def likeness(name: str, found: list[int]) -> dict[str, float]:
    """`near` asks for 4 % as 25 times the difference, which is exact."""
    equal = [share(abs(size - one) <= 4 for size in found) for one in found]
    near = [share(25 * abs(size - one) <= max(25 * 16, one) for size in found) for one in found]
    return {f"{name}_equal": max(equal, default=0), f"{name}_near": max(near, default=0)}


def turns(view: Window) -> dict[str, float]:
    directions = [message.direction for message in view.all]
    pairs = list(zip(directions, directions[1:]))
    return {
        "push_of_down": ratio(len(view.pushes), len(view.down)),
        "answered": ratio(len(view.replies), len(view.up)),
        "push_share": len(view.pushes) / view.length,
        "spontaneous_of_up": ratio(len(view.spontaneous), len(view.up)),
        "down_down": pairs.count((TO_CLIENT, TO_CLIENT)) / len(pairs),
        "up_up": pairs.count((TO_SERVER, TO_SERVER)) / len(pairs),
        "longest_run": longest_run(directions) / view.length,
        "turns": sum(a != b for a, b in pairs) / len(pairs),
    }


def longest_run(directions: list[int]) -> int:
    longest = run = 1
    for before, after in zip(directions, directions[1:]):
        run = run + 1 if before == after else 1
        longest = max(longest, run)
    return longest


def times(view: Window) -> dict[str, float]:
    duration = max(seconds(view.all[-1].end_ns - view.all[0].start_ns), 0.001)
    found = {
        f"gap_p{percent}": log_seconds(percentile(view.gaps, percent / 100))
        for percent in (10, 25, 50, 75, 90)
    }
    return found | {
        "duration": log10(duration),
        "pauses": share(gap > SECOND_NS for gap in view.gaps),
        "longest_gap": min(1, seconds(max(view.gaps)) / duration),
        "gap_burstiness": burstiness(view.gaps),
    }


def start_times(name: str, of: list[Message]) -> dict[str, float]:
    found = [max(0, after.start_ns - before.start_ns) for before, after in zip(of, of[1:])]
    middle = median(found) if found else 0
    return {
        f"{name}_interval": log_seconds(middle) if found else 0,
        f"{name}_burstiness": burstiness(found),
        f"{name}_exponential": distance_from_exponential(found),
        f"{name}_regular": share(10 * abs(one - middle) <= middle for one in found),
    }


def latency(view: Window) -> dict[str, float]:
    gaps = view.reply_gaps
    if not gaps:
        return {"reply_latency": 0, "reply_latency_mad": 0, "reply_locked": 0}
    middle = seconds(median(gaps))
    compared = log2((middle + 0.002) / (seconds(view.round_trip_ns) + 0.002))
    locked_ns = 2 * view.round_trip_ns + 20 * MILLISECOND_NS
    return {
        "reply_latency": min(max(compared, -3), 6),
        "reply_latency_mad": min(3, seconds(mad(gaps)) / max(middle, 0.001)),
        "reply_locked": share(gap <= locked_ns for gap in gaps),
    }


def sizes_of(of: list[Message]) -> list[int]:
    return [message.size for message in of]


def seconds(nanoseconds: Number) -> float:
    return nanoseconds / SECOND_NS


def log_seconds(nanoseconds: Number) -> float:
    return log10(max(seconds(nanoseconds), 0.0001))


def log_median(found: Sequence[Number]) -> float:
    return log2(1 + median(found)) if found else 0


def log_ratio(a: Sequence[Number], b: Sequence[Number]) -> float:
    if not a or not b:
        return 0
    return min(max(log2((median(a) + 20) / (median(b) + 20)), -6), 6)


def share(answers: Iterator[bool] | list[bool]) -> float:
    """Of those that are true; none at all: 0."""
    listed = list(answers)
    return ratio(sum(listed), len(listed))


def ratio(part: Number, whole: Number) -> float:
    return part / whole if whole else 0


def median(found: Sequence[Number]) -> float:
    ordered = sorted(found)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def mad(found: Sequence[Number]) -> float:
    middle = median(found)
    return median([abs(one - middle) for one in found])


def percentile(found: Sequence[Number], q: float) -> float:
    """On the line between the order statistics on both sides of rank q (n - 1), ranks from 0."""
    ordered = sorted(found)
    rank = q * (len(ordered) - 1)
    low, high = ordered[floor(rank)], ordered[ceil(rank)]
    return low + (high - low) * (rank - floor(rank))


def burstiness(found: Sequence[Number]) -> float:
    mean = ratio(sum(found), len(found))
    if mean == 0:
        return 0
    deviation = sqrt(sum((one - mean) ** 2 for one in found) / len(found))
    return (deviation - mean) / (deviation + mean)


def distance_from_exponential(found: Sequence[Number]) -> float:
    """Kolmogorov's distance from an exponential distribution of the same mean."""
    mean = ratio(sum(found), len(found))
    if mean == 0:
        return 0
    far = [0.0]
    for rank, one in enumerate(sorted(found)):
        expected = 1 - exp(-one / mean)
        far += [abs(expected - rank / len(found)), abs(expected - (rank + 1) / len(found))]
    return max(far)


VALUE_NAMES = tuple(row_values([Message(0, 0, TO_SERVER, 1, 1)] * FIRST_ROW, None))
