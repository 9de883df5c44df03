#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a shape does to a connection: the other end reads what was written, the wire shows something else."""

import asyncio
import statistics
import sys
import unittest
from pathlib import Path
from random import Random

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parents[1])]

from virtual_time import run  # noqa: E402

from lab.shape import UNSHAPED, Shape, shaped  # noqa: E402

SHAPES = {
    "padding": Shape(pad_up_to=256),
    "buckets": Shape(pad_to_multiple=128),
    "dummies": Shape(dummies=2.0, dummy_within_s=1.0),
    "delay": Shape(delay_s=0.5),
    "split": Shape(split=1.0),
    "merge": Shape(merge_s=0.2),
    "everything": Shape(pad_up_to=100, dummies=0.7, delay_s=0.1, split=0.5, merge_s=0.1),
}


class _Wire:
    """A writer whose writes are noted and can be read at the other end at once."""

    def __init__(self, peer: asyncio.StreamReader) -> None:
        self.writes: list[tuple[float, bytes]] = []
        self._peer, self._closing = peer, False

    def write(self, data: bytes) -> None:
        self.writes.append((asyncio.get_running_loop().time(), data))
        self._peer.feed_data(data)

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._peer.feed_eof()

    def is_closing(self) -> bool:
        return self._closing

    async def wait_closed(self) -> None:
        pass


async def _sent(shape: Shape, messages: list[bytes], gap_s: float) -> tuple[bytes, list[tuple[float, bytes]]]:
    """What the far end reads, and what the wire shows."""
    near, far = asyncio.StreamReader(), asyncio.StreamReader()
    up, down = _Wire(far), _Wire(near)
    async with shaped(near, up, shape, Random(1)) as (_, writer), shaped(far, down, shape, Random(2)) as (reader, _):
        for message in messages:
            writer.write(message)
            await asyncio.sleep(gap_s)
        await asyncio.sleep(20)
        writer.close()
        await writer.wait_closed()
        return await reader.read(), up.writes


def sent(shape: Shape, messages: list[bytes], gap_s: float = 1.0):
    return run(_sent(shape, messages, gap_s))


def sizes(writes: list[tuple[float, bytes]]) -> list[int]:
    return [len(data) for _, data in writes]


class Shapes(unittest.TestCase):
    def setUp(self):
        random = Random(5)
        self.messages = [random.randbytes(random.randrange(1, 400)) for _ in range(60)]

    def test_the_other_end_reads_what_was_written_whatever_the_shape(self):
        for name, shape in SHAPES.items():
            for gap_s in (0.0, 0.03, 1.0):
                with self.subTest(name, gap_s=gap_s):
                    self.assertEqual(sent(shape, self.messages, gap_s)[0], b"".join(self.messages))

    def test_messages_longer_than_a_frame_arrive_whole(self):
        long = Random(6).randbytes(200_000)
        self.assertEqual(sent(SHAPES["everything"], [long])[0], long)

    def test_without_a_shape_the_wire_shows_the_messages(self):
        self.assertEqual([data for _, data in sent(UNSHAPED, self.messages)[1]], self.messages)

    def test_padding_makes_equal_messages_differ_up_to_its_limit(self):
        shown = sizes(sent(Shape(pad_up_to=256), [bytes(100)] * 300)[1])
        self.assertEqual(len(shown), 300)
        self.assertGreaterEqual(min(shown), 104)
        self.assertLessEqual(max(shown), 104 + 256)
        self.assertAlmostEqual(statistics.mean(shown), 104 + 128, delta=20)

    def test_buckets_show_multiples_only(self):
        self.assertEqual({size % 128 for size in sizes(sent(SHAPES["buckets"], self.messages)[1])}, {0})

    def test_dummies_come_as_often_as_asked(self):
        for share in (0.3, 2.0):
            with self.subTest(share):
                shown = sizes(sent(Shape(dummies=share), [bytes(100)] * 400)[1])
                self.assertAlmostEqual(len(shown) / 400, 1 + share, delta=0.08)

    def test_splitting_shows_two_writes_for_each(self):
        self.assertEqual(len(sent(SHAPES["split"], self.messages)[1]), 2 * len(self.messages))

    def test_merging_shows_what_was_written_in_a_short_time_as_one(self):
        shown = sent(SHAPES["merge"], self.messages, gap_s=0.01)[1]
        self.assertLess(len(shown), len(self.messages) / 10)

    def test_delays_have_the_mean_asked_for(self):
        late = [time - number for number, (time, _) in enumerate(sent(Shape(delay_s=0.2), [b"x"] * 400, 1.0)[1])]
        self.assertAlmostEqual(statistics.mean(late), 0.2, delta=0.05)


if __name__ == "__main__":
    unittest.main()
