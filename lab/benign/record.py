# SPDX-License-Identifier: Apache-2.0
"""The fields that one piece of software writes into its JSON: names and widths are drawn once, values each time.

The lab's own invention: a service has its own fields, and no two have the same.
"""

import json
import time
from collections.abc import Callable
from random import Random
from typing import Any

from lab.identifier import random_hex

_NAMES = (
    "id uid type kind name host node region zone status state code level score count total index offset version seq "
    "user actor owner group channel topic source target parent trace span session created updated at ts duration "
    "value min max mean rate price amount currency title body text message path url method label tags unit"
).split()
_WORDS = (
    "the of and to in is that for it as was with be by on not he his but at are this have from or had an they which "
    "one you were all her she there would their we him been has when who will no more if out so said what up its "
    "about into than them can only other time new some could these two may first then do any like my now over such "
    "our man me even most made after also did many before must through back years where much your way well down"
).split()


def prose(random: Random, characters: int) -> str:
    """Words of a language, so that compression finds what it finds in people's texts."""
    words: list[str] = []
    length = 0
    while length <= characters:
        words.append(random.choice(_WORDS))
        length += len(words[-1]) + 1
    return " ".join(words)[:characters]


def _identity(random: Random) -> Callable[[], Any]:
    digits = random.choice((8, 12, 16, 24, 32, 40, 64))
    return lambda: random_hex(random, digits)


def _counter(random: Random) -> Callable[[], Any]:
    digits = random.randint(1, 12)
    return lambda: random.randrange(10**digits)


def _decimal(random: Random) -> Callable[[], Any]:
    scale, places = 10 ** random.randint(0, 6), random.randint(1, 8)
    return lambda: round(random.uniform(0, scale), places)


def _moment(random: Random) -> Callable[[], Any]:
    if random.random() < 0.5:
        return lambda: int(time.time() * 1000)
    return lambda: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{random.randrange(1000):03}Z"


def _choice(random: Random) -> Callable[[], Any]:
    values = [random.choice(_WORDS) for _ in range(random.randint(2, 6))]
    return lambda: random.choice(values)


def _flag(random: Random) -> Callable[[], Any]:
    return lambda: random.random() < 0.5


def _sentence(random: Random) -> Callable[[], Any]:
    median, sigma = random.randint(8, 90), random.uniform(0.1, 0.9)
    return lambda: prose(random, min(1200, int(median * random.lognormvariate(0, sigma)) + 1))


_KINDS = (_identity, _counter, _counter, _decimal, _moment, _choice, _flag, _sentence)


class Form:
    def __init__(self, random: Random, fields: tuple[int, int]) -> None:
        """`fields`: fewest and most."""
        names = random.sample(_NAMES, random.randint(*fields))
        self._fields = {name: random.choice(_KINDS)(random) for name in names}
        self._separators = random.choice(((",", ":"), (",", ":"), (", ", ": ")))

    def values(self, **more: Any) -> dict[str, Any]:
        """`more` comes first, and instead of a drawn field of the same name."""
        return more | {name: value() for name, value in self._fields.items()} | more

    def text(self, **more: Any) -> str:
        return self.written(self.values(**more))

    def written(self, value: Any) -> str:
        """Any value in this software's spacing."""
        return json.dumps(value, separators=self._separators)
