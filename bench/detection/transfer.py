# SPDX-License-Identifier: Apache-2.0
"""From one place, wrapping, system or side to another."""

import csv
from pathlib import Path

from markdown import heading, row, share, table
from runs import NO_CORPUS, NOTHING_MINES, Detection, read


def transfer(d: Detection) -> None:
    """From one place, time, wrapping or operating system to another."""
    heading("From one to the other")
    table("learnt from", "tested on", "found", "accused")
    beside = " and the background" if d.options.background else ""
    for learnt, tested, learn_from, test_on in (
            (f"lab{beside}", "corpus", d.labs, d.corpus), ("corpus", "lab", d.corpus, d.labs)):
        if not learn_from or not test_on:
            row(learnt, tested, "skipped: not given", "")
            continue
        show_transfer(d, learnt, tested, d.labels(learn_from), d.labels(test_on), alone=learn_from is d.corpus)
    if everything := d.with_miners:
        wrapped = lambda one: "tls" in one["kind"] or "wss" in one["kind"]
        for learnt, tested, inside in (("plain", "TLS", wrapped), ("TLS", "plain", lambda one: not wrapped(one))):
            show_transfer(d, f"miners {learnt}, all others", f"miners in {tested}",
                          d.labels(everything, lambda one: one["label"] != "mining" or not inside(one)),
                          d.labels(everything, lambda one: one["label"] != "mining" or inside(one)), wrapped=True)
        result = d.evaluate(d.labels(everything), "--split", "time")
        cells = result.shares() if result else ["skipped: one capture alone", ""]
        row("the earlier captures", "the latest fifth", *cells)
    print("\nBeside TLS and plain the others are the same on both sides: only the miners found are told.")


def show_transfer(d: Detection, learnt: str, tested: str, learn_from: Path, test_on: Path, alone: bool = True,
                  wrapped: bool = False) -> None:
    model = d.train(learn_from, alone)
    result = d.evaluate(test_on, "--model", model) if model else None
    found, accused = result.shares() if result else ("skipped: too few to learn from or to test on", "")
    row(learnt, tested, found, "–" if wrapped and result else accused)


def systems(d: Detection) -> None:
    """The client's initial TTL tells its family of systems."""
    heading("Each operating system left out in turn")
    if not d.with_miners:
        return print(NOTHING_MINES)
    pairs = d.folder / "pairs.csv"
    everything = d.labels(d.with_miners)
    if d.run("dataset", everything, "--lens", "pair", "-o", pairs) is None:
        return print("Skipped: there are no rows.")
    ttl: dict[tuple[str, str], float] = {}
    with open(pairs, newline="") as file:
        for one in csv.DictReader(file):
            for side in "12":
                if one[f"direction_{side}"] == "0":
                    ttl.setdefault((one["capture"], one["connection"]), float(one[f"ttl_{side}"]))
    pairs.unlink()
    system = {}
    for (capture, name), value in ttl.items():
        client, server = name.rsplit("#", 1)[0].split("-", 1)
        initial = next(most for most in (64, 128, 255) if value <= most)
        system[capture, *client.rsplit(":", 1), *server.rsplit(":", 1)] = f"initial TTL {initial}"

    def key(one: dict) -> tuple:
        bracketed = lambda ip: f"[{ip}]" if ":" in ip else ip
        return (one["file"], bracketed(one["src_ip"]), one["src_port"], bracketed(one["dst_ip"]), one["dst_port"])

    known = d.labels([everything], lambda one: key(one) in system, lambda one: {**one, "group": system[key(one)]})
    if len({one["group"] for one in read(known)}) < 2:
        return print("Skipped: labels name connections of one system only.")
    result = d.evaluate(known, "--split", "source", "--folds", 3)
    if result is None:
        return print("Skipped: one system alone mines.")
    print("By the client's initial TTL (64, 128, 255), of connections that labels name by both ends: "
          f"{share(*result.found())} miners found, {share(*result.accused())} others accused.")


def one_sided(d: Detection) -> None:
    """One side of the traffic alone."""
    heading("One side of the traffic")
    if not d.corpus:
        return print(NO_CORPUS)
    path_of = lambda one: str(d.corpus[0].parent.resolve() / one["file"])
    mining = [{**one, "file": path_of(one)} for one in read(d.corpus[0]) if one["label"] == "mining"]
    learnt = d.train(d.labels(d.labs)) if d.labs else d.train(d.corpus[0])
    both = d.evaluate(d.labels(d.corpus, lambda one: one["label"] == "mining"), "--model", learnt) if learnt else None
    if both is None:
        return print("Skipped: there is no model.")
    for side, name in (("src", "the clients' packets"), ("dst", "the servers' packets")):
        files = {}
        for capture in sorted({one["file"] for one in mining}):
            clients = sorted({one["src_ip"] for one in mining if one["file"] == capture and one["src_ip"]})
            cut = d.folder / f"{side}-{len(files)}.pcapng"
            words = " or ".join(f"{side} host {client}" for client in clients)
            if clients and d.run("capture", "-r", capture, "-w", cut, words) is not None:
                files[capture] = str(cut)
        half = d.labels(d.corpus, lambda one: path_of(one) in files and one["label"] == "mining",
                        lambda one: {**one, "file": files[one["file"]]})
        result = d.evaluate(half, "--model", learnt)
        if result is None:
            print(f"- {name} alone: no connection can be judged.")
            continue
        found, of = result.found()
        print(f"- {name} alone: {share(found, of)} miners found; both sides: {share(*both.found())}.")
        d.goal(f"recall of {name} alone, beside both sides", "≥ .9 of it",
               f"{share(found, of)}; {share(*both.found())}",
               both.found()[0] > 0 and found >= 0.9 * both.found()[0])
    print(f"\nBy a model that learnt from the {'lab and the background' if d.labs else 'corpus itself, which flatters'}.")
