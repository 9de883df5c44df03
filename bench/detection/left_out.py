# SPDX-License-Identifier: Apache-2.0
"""Sources, dialects and look-alikes left out of training."""

import statistics

from background import background_rows, is_generated
from markdown import LEAST_CONNECTIONS, heading, number, row, share, table
from result import Result, kind_table
from runs import NO_CORPUS, NOTHING_MINES, Detection, beside_it, read, units


def groups(d: Detection) -> None:
    """Recall and false alarms of the corpus with each of its groups left out."""
    heading("Each source left out in turn")
    if not d.corpus:
        return print(NO_CORPUS)
    result = d.evaluate(d.corpus[0], *d.each_source_left_out(), "--controls")
    if result is None:
        return print("Skipped: the corpus leaves nothing to learn from when a source is left out.")
    table("", "found", "accused", "recall (95 %)", "false-positive rate (95 %)")
    for scope in ("connections", "channels", "hosts"):
        def interval(measure: str) -> str:
            values = [result.value(scope, measure, column) for column in ("value", "low", "high")]
            return "–" if None in values else f"{values[0]:.4f} ({values[1]:.4f}–{values[2]:.4f})"
        row(scope, *result.shares(scope), interval("recall"), interval("false-positive rate"))
    hour, day = (result.value("false alarms", f"per {each}", "high") for each in ("connection-hour", "host-day"))
    print(f"\nUndecided: {result.count('undecided', 'mining connections')} connections of miners, "
          f"{result.count('undecided', 'benign connections')} of others. False alarms: "
          f"{number(result.value('false alarms', 'per connection-hour'), '.2g')} a connection-hour (95 % below "
          f"{number(hour, '.2g')}; {number(result.value('false alarms', 'connection-hours'))} observed), "
          f"{number(result.value('false alarms', 'per host-day'), '.2g')} a host-day (below {number(day, '.2g')}; "
          f"{number(result.value('false alarms', 'host-days'), '.1f')} observed).")
    kind_table(result)
    group_goals(d, result)


def group_goals(d: Detection, result: Result) -> None:
    found, of = result.found()
    d.goal("recall of mining connections of 24 messages or more, group left out", "≥ .98", share(found, of),
           of >= LEAST_CONNECTIONS and found >= 0.98 * of)
    macro = result.value("kinds", "macro recall")
    small = [f"{kind} {hits} of {n}" for kind, (hits, n, _) in result.kinds(True).items() if n < LEAST_CONNECTIONS]
    d.goal("the same, mean over kinds with 10 connections or more", "≥ .95",
           f"{number(macro, '.3f')}; smaller kinds: {', '.join(small) or 'none'}", macro is not None and macro >= 0.95)
    accused, others = result.accused()
    bound = f", 95 % below {3 / others:.2g}" if accused == 0 and others else ""
    d.goal("false alarms on the corpus's benign connections of 24 messages or more, group left out", "≤ 1",
           f"{accused} of {others}{bound}", accused <= 1)

    def wait(group: str, unit: str, quantile: str) -> float | None:
        return result.value(f"time to detect, {group}", f"{unit}, {quantile}")

    median, most = wait("all", "messages", "0.5"), wait("all", "messages", "0.95")
    d.goal("messages to detect", "median ≤ 10, 95 % ≤ 32", f"{number(median)}, {number(most)}",
           None not in (median, most) and median <= 10 and most <= 32)
    for group, limit, quantile, what in (
            ("6 messages a minute or more", 120, "0.5", "seconds to detect, 6 messages a minute or more"),
            ("jobs alone, 1 a minute or more", 600, "0.5", "seconds to detect, jobs alone, 1 a minute or more"),
            ("all", 900, "0.95", "seconds to detect, all")):
        seconds, channels = wait(group, "seconds", quantile), result.count(f"time to detect, {group}", "channels")
        bar = f"{'median' if quantile == '0.5' else '95 %'} ≤ {limit}"
        d.goal(what, bar, f"{number(seconds)}; {channels} channels",
               None if channels == 0 else seconds is not None and seconds <= limit)


def dialects(d: Detection) -> None:
    """Each kind left out, of the corpus and the lab together."""
    heading("Each dialect and each look-alike left out in turn")
    if not d.with_miners:
        return print(NOTHING_MINES)
    data = d.labels(d.with_miners)
    folds = min(units([data], "kind"), 4 if d.options.quick else 1000)
    # Not the generator's rows: what the lab calls xmrig-tls stands among them under another name.
    of_the_lab = background_rows(d, lambda one: not is_generated(one))
    result = d.evaluate(data, "--split", "kind", "--folds", folds, *beside_it(of_the_lab))
    if result is None:
        return print("Skipped: one kind alone leaves nothing to learn from.")
    print(f"{folds} folds; a kind is never on both sides. Beside the data, the other kinds of the background's lab rows.")
    kind_table(result)
    large = {kind: found / of for kind, (found, of, _) in result.kinds(True).items() if of >= LEAST_CONNECTIONS}
    macro = statistics.mean(large.values()) if large else None
    worst = min(large, key=large.get) if large else None
    d.goal("recall, dialect left out, mean over dialects; the worst named", "≥ .90",
           f"{number(macro, '.3f')}; {worst} {large[worst]:.3f}" if large else "too few connections",
           None if macro is None else macro >= 0.90)
    if not d.labs:
        return
    lab_kinds = {one["kind"] for labels in d.labs for one in read(labels)}
    alike = [counts for kind, counts in result.kinds(False).items() if kind in lab_kinds]
    alarms, hours = sum(counts[0] for counts in alike), sum(counts[2] for counts in alike)
    d.goal("false alarms on look-alikes of the lab, kind left out", "≤ 1 in 100 connection-hours",
           f"{alarms} in {hours:.0f} h", alarms <= hours / 100)
    for kind, name in (("miner-http-polling", "HTTP getwork"), ("zcash-stratum", "Zcash"),
                       ("stratum-v2-noise", "Stratum V2 under encryption")):
        found, of, _ = result.kinds(True).get(kind, (0, 0, 0))
        d.goal(f"{name} found, dialect left out", "found", share(found, of), None if of == 0 else found > of / 2)
    direct = result.kinds(True).get("xmrig-plain", (0, 0, 0))
    for kind, name in (("xmrig-to-proxy", "a proxy"), ("miner-tls-443", "another name and port")):
        found, of, _ = result.kinds(True).get(kind, (0, 0, 0))
        d.goal(f"recall through {name}, beside XMRig's own", "within 2 points",
               f"{share(found, of)}; {share(*direct[:2])}",
               None if of == 0 or direct[1] == 0 else found / of >= direct[0] / direct[1] - 0.02)
