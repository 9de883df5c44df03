# SPDX-License-Identifier: Apache-2.0
"""Text as long as what people write: sentences of words, log-normal in length. The lab's own invention."""

from random import Random

_LETTERS = "etaoinshrdlucmfwypvbgk"
_WEIGHTS = (13, 9, 8, 8, 7, 7, 6, 6, 6, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1)


def word(random: Random, most: int = 11) -> str:
    return "".join(random.choices(_LETTERS, _WEIGHTS, k=min(most, 2 + int(random.expovariate(1 / 3)))))


def sentence(random: Random, median: float = 36, most: int = 600) -> str:
    """Some `median` characters; chat messages are short with a long tail."""
    wanted = min(most, max(2, int(median * random.lognormvariate(0, 0.9))))
    text = ""
    while len(text) < wanted:
        text += word(random) + " "
    return text[:wanted].strip() or "ok"
