# SPDX-License-Identifier: Apache-2.0
"""The commands that detection is measured with, and the data they run on."""

import argparse
import csv
import itertools
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from result import Result

NO_CORPUS = "Skipped: no corpus is given (--corpus, KANARIA_CORPUS)."
NOTHING_MINES = "Skipped: neither a corpus nor a lab run with miners is given."


@dataclass
class Goal:
    what: str
    threshold: str
    measured: str
    met: bool | None  # None: a part of it is not measured here


@dataclass
class Detection:
    """The commands, the data they run on, and what they said."""

    options: argparse.Namespace
    folder: Path
    goals: list[Goal] = field(default_factory=list)
    results: dict[tuple, Result | None] = field(default_factory=dict)
    files: itertools.count = field(default_factory=itertools.count)

    def __post_init__(self):
        o = self.options
        quick = ["--epochs", "2"] if o.quick else []
        self.training = ["--lens", o.lens, *shlex.split(o.training), *quick]
        self.thesis_training = ["--lens", "pair", *quick]
        self.lengths_training = ["--lens", "lengths", *quick]
        self.corpus = [o.corpus / "LABELS.csv"] if o.corpus else []
        mines = {labels: any(row["label"] == "mining" for row in read(labels)) for labels in o.lab}
        self.labs = [labels for labels in o.lab if mines[labels]]
        self.with_miners = self.corpus + self.labs
        self.benign_labs = [labels for labels in o.lab if not mines[labels]]

    def run(self, *words) -> str | None:
        """Stdout of kanaria; None, and a sentence, when it failed (a damaged capture gives 1, but results)."""
        done = subprocess.run([str(self.options.kanaria), *map(str, words)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode == 0 or done.stdout:
            return done.stdout
        print(f"scripts/detection: kanaria {' '.join(map(str, words))}: {done.stderr.strip()}", file=sys.stderr)
        return None

    def evaluate(self, data: Path, *words, training: list[str] | None = None) -> Result | None:
        """Of one command only one run: parts share results."""
        if not {"--model", "--background"} & set(words):
            words = ("--no-background", *words)  # not the one beside the program
        if "--model" not in words:
            words = (*(self.training if training is None else training), *words)
        key = (data, *map(str, words))
        if key not in self.results:
            file = self.folder / f"result-{next(self.files)}.csv"
            said = self.run("evaluate", data, *words, "-o", file)
            self.results[key] = None if said is None else Result(file)
        return self.results[key]

    def evaluate_each(self, data: Path, commands: list[tuple[list, list[str] | None]]) -> list[Result | None]:
        """Of each (words, training), as many at a time as there are cores."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(lambda one: self.evaluate(data, *one[0], training=one[1]), commands))

    def train(self, data: Path, alone: bool = False) -> Path | None:
        """A model of all that DATA holds and, unless alone, of the background."""
        model = self.folder / f"model-{len(list(self.folder.glob('model-*')))}.onnx"
        beside = ["--no-background"] if alone else beside_it(self.options.background)
        return model if self.run("train", data, *self.training, *beside, "-o", model) is not None else None

    def labels(self, files: list[Path], keep: Callable[[dict], bool] = lambda row: True,
               change: Callable[[dict], dict] = lambda row: row) -> Path:
        """One LABELS.csv of those rows of several."""
        path = self.folder / f"labels-{len(list(self.folder.glob('labels-*')))}.csv"
        rows = [change({**row, "file": str(file.parent.resolve() / row["file"])})
                for file in files for row in read(file) if keep(row)]
        with open(path, "w", newline="") as out:
            writer = csv.DictWriter(out, fieldnames=list(dict.fromkeys(key for row in rows for key in row)), restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def each_source_left_out(self, background: list[Path] | None = None) -> list:
        """Of the corpus, beside that background or the given one. A quick run may have one source only: then captures
        are."""
        split = ["capture", "--folds", 2] if self.options.quick else ["source", "--folds", units(self.corpus, "group")]
        files = self.options.background if background is None else background
        return ["--split", *split, *beside_it(files)]

    def goal(self, what: str, threshold: str, measured: str, met: bool | None) -> None:
        self.goals.append(Goal(what, threshold, measured, met))


def beside_it(background: list[Path]) -> list:
    return [word for data in background for word in ("--background", data)]


def read(labels: Path) -> list[dict]:
    with open(labels, newline="") as file:
        return list(csv.DictReader(file))


def units(labels: list[Path], column: str) -> int:
    """How many folds leave each of the miners' groups or kinds out alone."""
    mining = (row for file in labels for row in read(file) if row["label"] == "mining")
    return max(2, len({row[column] or row["source"] for row in mining}))
