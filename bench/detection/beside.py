# SPDX-License-Identifier: Apache-2.0
"""A network without miners, and what others say of the same connections."""

from markdown import heading, number, row, table
from ndpi import ndpi_table
from runs import NO_CORPUS, Detection


def networks(d: Detection) -> None:
    """A network without miners, for hours."""
    heading("A network without miners")
    if not d.benign_labs:
        return print("Skipped: no lab run without miners is given (lab/run benign; --lab).")
    if not d.with_miners:
        return print("Skipped: there is nothing to learn from.")
    model = d.train(d.labels(d.with_miners))
    for labels in d.benign_labs:
        result = d.evaluate(labels, "--model", model, "--least-messages", 0) if model else None
        if result is None:
            print("Skipped: there is no model.")
            continue
        (alarms, of), (hosts, all_hosts) = result.accused(), result.accused("hosts")
        print(f"{alarms} of {of} connections and {hosts} of {all_hosts} hosts said to mine, in "
              f"{number(result.value('false alarms', 'connection-hours'))} connection-hours and "
              f"{number(result.value('false alarms', 'host-days'), '.1f')} host-days (95 % below "
              f"{number(result.value('false alarms', 'per host-day', 'high'), '.2g')} a host-day).")
        d.goal("`mining` on the lab's benign scenario", "0", f"{alarms} of {of} connections", alarms == 0)


def baselines(d: Detection) -> None:
    """Others on the same connections."""
    heading("Beside others")
    if d.corpus:
        result = d.evaluate(d.corpus[0], *d.each_source_left_out(), "--controls")
        table("on the corpus, source left out", "miners found", "others accused")
        if result:
            row(f"kanaria, lens `{d.options.lens}`", *result.shares())
            for name in dict.fromkeys(s for s, _ in result.rows if s.startswith("baseline ")):
                row(name.removeprefix("baseline "), *result.shares(name))
        for training, name in ((d.thesis_training, "the thesis's pairs, same MLP"),
                               (d.lengths_training, "of these pairs directions, PSH and lengths alone")):
            if result := d.evaluate(d.corpus[0], *d.each_source_left_out([]), training=training):
                row(name, *result.shares())
    else:
        print(NO_CORPUS)
    print()
    if not d.options.full:
        return print("ndpiReader: skipped, as no whole frames are given (lab/run --full; --full).")
    for labels in d.options.full:
        ndpi_table(labels)
