# SPDX-License-Identifier: Apache-2.0
"""What each part of the material and of the model buys: one thing changed at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from background import background_rows, is_generated
from markdown import heading, number, row, table
from runs import NO_CORPUS, Detection


@dataclass(frozen=True)
class Variant:
    name: str
    words: list
    training: list[str]


def ablation(d: Detection) -> None:
    """The corpus with each of its groups left out, again and again with one part changed."""
    heading("What each part buys")
    if not d.corpus:
        return print(NO_CORPUS)
    table("", "miners found", "others accused", "mean recall of kinds", "messages to detect (median)", "PR area")
    each = list(variants(d))
    for variant, result in zip(each, d.evaluate_each(d.corpus[0], [(one.words, one.training) for one in each])):
        if result is None:
            row(variant.name, "skipped: nothing to learn from", "", "", "", "")
            continue
        row(variant.name, *result.shares(), number(result.value("kinds", "macro recall"), ".3f"),
            number(result.value("time to detect, all", "messages, 0.5")),
            number(result.value("connections", "PR area"), ".3f"))
    print("\nConnections of the corpus, each source left out, one run with one seed each: another seed alone can move "
          "as many as one change does. PR area: average precision over every threshold, by the evidence of "
          "connections.")
    if not d.options.background:
        print("Parts of the background alone, and no changed copies: skipped, as no rows are given (--background).")


def variants(d: Detection) -> Iterator[Variant]:
    as_it_is = d.each_source_left_out()
    yield Variant("all parts", [*as_it_is, "--controls"], d.training)
    yield Variant("without the background", d.each_source_left_out([]), d.training)
    without_copies = replaced(d.training, "--augment", "0")
    for name, keep, training in (
            ("of the background the generator's rows alone", is_generated, d.training),
            ("of the background the lab's rows alone", lambda one: not is_generated(one), d.training),
            ("without changed copies", lambda one: one.get("copy", "0") == "0", without_copies)):
        if files := background_rows(d, keep):
            yield Variant(name, d.each_source_left_out(files), training)
    for option, value, name in (("--weights", "balanced", "rows weighed by class and connection"),
                                ("--hidden", "16,16", "16 nodes a layer"), ("--hidden", "40,40", "40 nodes a layer")):
        yield Variant(name, as_it_is, replaced(d.training, option, value))
    yield Variant("lens `pair`, no background, no copies (thesis)", d.each_source_left_out([]), d.thesis_training)


def replaced(words: list[str], option: str, value: str) -> list[str]:
    """The words with that value of the option instead of any other."""
    kept = [word for before, word in zip(["", *words], words)
            if option not in (before, word) and not word.startswith(f"{option}=")]
    return [*kept, option, value]
