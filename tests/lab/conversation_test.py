#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Parts of a conversation, the rhythm and the fields of what they send. Neither root nor a network, nor a clock."""

import asyncio
import statistics
import unittest
from random import Random

from lab.benign.record import Form, prose
from lab.conversation import Broadcast, Errands, repeat, until_first
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, drawn_bytes, log_uniform


async def forever(ended: list[str], name: str) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.append(name)


async def at_once() -> None:
    pass


async def failing() -> None:
    raise ConnectionResetError("gone")


class Conversations(unittest.TestCase):
    def test_all_parts_end_with_the_first(self) -> None:
        ended: list[str] = []
        asyncio.run(until_first(forever(ended, "a"), at_once(), forever(ended, "b")))
        self.assertEqual(sorted(ended), ["a", "b"])

    def test_what_a_part_raises_is_raised_after_the_others_ended(self) -> None:
        ended: list[str] = []
        with self.assertRaisesRegex(ConnectionResetError, "gone"):
            asyncio.run(until_first(forever(ended, "a"), failing()))
        self.assertEqual(ended, ["a"])

    def test_cancelling_the_conversation_ends_its_parts(self) -> None:
        ended: list[str] = []

        async def cancel() -> None:
            task = asyncio.create_task(until_first(forever(ended, "a"), forever(ended, "b")))
            while len(asyncio.all_tasks()) < 4:
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            self.assertTrue(task.cancelled())

        asyncio.run(cancel())
        self.assertEqual(sorted(ended), ["a", "b"])

    def test_errands_do_not_outlive_the_conversation(self) -> None:
        ended: list[str] = []

        async def converse() -> None:
            with Errands() as errands:
                errands.start(forever(ended, "a"))
                await asyncio.sleep(0)
            await asyncio.sleep(0)

        asyncio.run(converse())
        self.assertEqual(ended, ["a"])

    def test_a_repeated_act_comes_after_each_gap(self) -> None:
        happened: list[object] = []

        async def pause(seconds: float) -> None:
            happened.append(seconds)
            if len(happened) == 5:
                raise TimeoutError

        with self.assertRaises(TimeoutError):
            asyncio.run(repeat(lambda: 3.0, lambda: happened.append("act"), pause))
        self.assertEqual(happened, [3.0, "act", 3.0, "act", 3.0])

    def test_news_are_heard_by_all_listeners_and_made_once(self) -> None:
        heard: list[tuple[str, int]] = []
        numbers = iter(range(10))

        async def listen() -> None:
            broadcast = Broadcast(lambda: 0, lambda: next(numbers))
            with broadcast.heard_by(lambda news: heard.append(("a", news))):
                with broadcast.heard_by(lambda news: heard.append(("b", news))):
                    while len(heard) < 4:
                        await asyncio.sleep(0)

        asyncio.run(listen())
        self.assertEqual(heard, [("a", 0), ("b", 0), ("a", 1), ("b", 1)])

    def test_no_news_are_made_while_nobody_listens(self) -> None:
        made: list[int] = []

        async def listen_twice() -> None:
            broadcast = Broadcast(lambda: 0, lambda: made.append(1))
            for wanted in (1, 2):
                with broadcast.heard_by(lambda _: None):
                    while len(made) < wanted:
                        await asyncio.sleep(0)
                for _ in range(5):
                    await asyncio.sleep(0)
                self.assertEqual(len(made), wanted)

        asyncio.run(listen_twice())


class Rhythms(unittest.TestCase):
    def test_every_form_keeps_its_mean(self) -> None:
        for form, spread in ((CLOCK, 0.2), (POISSON, 0.0), (HUMAN, 0.8), (BURSTS, 5.0)):
            rhythm = Rhythm(Random(1), form, 4.0, spread)
            self.assertAlmostEqual(statistics.fmean(rhythm.gap() for _ in range(60_000)), 4.0, delta=0.1, msg=form)

    def test_forms_differ_in_their_coefficient_of_variation(self) -> None:
        # A clock's is about 0, that of independent events 1, of bursts above.
        variations = []
        for form, spread in ((CLOCK, 0.05), (POISSON, 0.0), (BURSTS, 6.0)):
            rhythm = Rhythm(Random(2), form, 1.0, spread)
            gaps = [rhythm.gap() for _ in range(20_000)]
            variations.append(statistics.pstdev(gaps) / statistics.fmean(gaps))
        self.assertLess(variations[0], 0.05)
        self.assertAlmostEqual(variations[1], 1.0, delta=0.05)
        self.assertGreater(variations[2], 1.5)

    def test_each_factor_of_two_is_as_likely_as_the_next(self) -> None:
        random = Random(3)
        drawn = [log_uniform(random, 1, 16) for _ in range(8_000)]
        for low in (1, 2, 4, 8):
            self.assertAlmostEqual(sum(low <= value < 2 * low for value in drawn) / len(drawn), 0.25, delta=0.03)

    def test_sizes_stay_within_their_bounds(self) -> None:
        random = Random(4)
        sizes = {drawn_bytes(random, 100, 2.0, 20, 500) for _ in range(2_000)}
        self.assertEqual((min(sizes), max(sizes)), (20, 500))


class Forms(unittest.TestCase):
    def test_a_form_keeps_its_fields_and_draws_their_values_anew(self) -> None:
        form = Form(Random(5), (6, 6))
        first, second = form.values(), form.values()
        self.assertEqual(list(first), list(second))
        self.assertEqual(len(first), 6)
        self.assertNotEqual(first, second)

    def test_what_is_asked_for_wins_over_a_drawn_field_of_that_name(self) -> None:
        drawn = list(Form(Random(6), (9, 9)).values())
        values = Form(Random(6), (9, 9)).values(**{drawn[4]: "asked"})
        self.assertEqual(values[drawn[4]], "asked")
        self.assertEqual(list(values)[0], drawn[4])

    def test_prose_has_the_length_asked_for(self) -> None:
        for characters in (0, 1, 7, 300):
            self.assertEqual(len(prose(Random(7), characters)), characters)


if __name__ == "__main__":
    unittest.main()
