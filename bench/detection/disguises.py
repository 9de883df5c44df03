# SPDX-License-Identifier: Apache-2.0
"""Traffic that was changed, by miners or by networks."""

from markdown import heading, number, row, share, table
from result import kind_table
from runs import NO_CORPUS, Detection, read

# Disguises and what networks do: docs/dataset.md.
CHANGES = (
    ("padding:64",), ("padding:256",), ("buckets:128",), ("buckets:512",), ("offset:100",), ("dummies:0.3",),
    ("dummies:1",), ("jitter:2",), ("delay:0.5",), ("splitting:0.4",), ("merging:0.05",), ("loss:0.2",),
    ("padding:256", "dummies:0.3"), ("padding:256", "dummies:0.3", "splitting:0.4"),
)


def disguises(d: Detection) -> None:
    """Perturbed traffic at the threshold of clean traffic."""
    heading("Disguises, and what networks do")
    if not d.corpus:
        return print(NO_CORPUS)
    words = d.each_source_left_out()
    clean = d.evaluate(d.corpus[0], *words, "--controls")
    if clean is None:
        return print("Skipped: the corpus leaves nothing to learn from when a source is left out.")
    table("change of both classes", "found", "accused", "bytes", "messages", "delay, s")
    row("none", *clean.shares(), "", "", "")
    each = CHANGES[-2:] if d.options.quick else CHANGES
    perturbed = lambda changes: [*words, *(word for change in changes for word in ("--perturb", change))]
    for changes, result in zip(each, d.evaluate_each(d.corpus[0], [(perturbed(one), None) for one in each])):
        if result is None:
            continue
        row(", ".join(changes), *result.shares(),
            *(f"{100 * (result.value('cost', f'{what} added, share') or 0):+.0f} %" for what in ("bytes", "messages")),
            number(result.value("cost", "delay of a byte, seconds"), ".2f"))
        (found, of), (accused, others) = result.found(), result.accused()
        if changes == ("padding:256", "dummies:0.3"):
            most = max(2 * clean.accused()[0], others / 1000)
            d.goal("random padding to 256 B and 30 % dummies", "≥ .95; false alarms ≤ max(2 × clean, 1/1000)",
                   f"{share(found, of)}; {accused} of {others}", of > 0 and found >= 0.95 * of and accused <= most)
        elif len(changes) == 3:
            d.goal("padding, dummies and splitting", "≥ .85", share(found, of), of > 0 and found >= 0.85 * of)
    print("\nThe models learnt from clean traffic (and what --training says); threshold as for clean traffic. Bytes, "
          "messages and the mean delay of a byte are what the change costs the miners.")


def shapes(d: Detection) -> None:
    """The lab's own evaders, by shape."""
    heading("Evaders of the lab")
    shaped = [labels for labels in d.labs if any("; shape " in one["evidence"] for one in read(labels))]
    if not shaped or not d.corpus:
        return print("Skipped: no lab run with shapes is given (lab/run adversary; --lab), or no corpus.")
    others = [labels for labels in d.labs if labels not in shaped]
    model = d.train(d.labels(d.corpus + others))
    by_shape = lambda one: {**one, "kind": one["evidence"].rpartition("; shape ")[2] if "; shape " in one["evidence"]
                            else "as it is"} if one["label"] == "mining" else one
    result = d.evaluate(d.labels(shaped, change=by_shape), "--model", model) if model else None
    if result is None:
        return print("Skipped: there is no model.")
    kind_table(result)
