#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Grid search on the samples: its file of results, going on after an interrupt, and what it refuses."""

import csv
import io
import math
import os
import resource
import shutil
import signal
import subprocess
import time

import kanaria_runs
from kanaria_runs import KanariaRuns, main

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples")
SPACE = b"""hidden_layers = [1, 2]
nodes = [2, 4]
batch = [16]
optimizer = ["sgd", "adam"]
activation = ["relu", "tanh"]
learning_rate = [0.001, 0.01]
"""
COMBINATIONS = 2 * 2 * 1 * 2 * 2 * 2
HEADER = (
    "rung,combination,hidden,batch,optimizer,activation,learning_rate,rows_trained,loss,true_positives,"
    "false_negatives,false_positives,true_negatives,recall,false_positive_rate,precision,f1,mcc,accuracy,run"
)
QUICK = {"--space": "space.toml", "--rows": "600", "--epochs": "3", "--split": "random", "-o": "g.csv"}
OTHER_RUN = (
    "g.csv: holds results of another space, data set or options; name another file"
)


class GridSearch(KanariaRuns):
    def setUp(self):
        super().setUp()
        shutil.copytree(SAMPLES, self.path("samples"))
        self.write("space.toml", SPACE)

    def arguments(self, *more):
        quick = [word for option in QUICK.items() if option[0] not in more for word in option]
        return ("grid", "samples/LABELS.csv", *quick, *more)

    def search(self, *more):
        if os.path.exists(self.path("g.csv")) and "--resume" not in more:
            os.remove(self.path("g.csv"))
        return self.runs(*self.arguments(*more))

    def rows(self, name="g.csv"):
        text = self.read(name).decode()
        self.assertEqual(text.splitlines()[0], HEADER)
        return list(csv.DictReader(io.StringIO(text)))


class Results(GridSearch):
    def test_of_an_earlier_search_are_never_replaced(self):
        self.search()
        before = self.read("g.csv")
        self.complains(
            "g.csv: is there already; go on with it by --resume, or name another file with -o",
            *self.arguments(),
            exit_code=1,
        )
        self.assertEqual(self.read("g.csv"), before)

    def test_every_combination_has_a_row_in_order(self):
        self.search()
        rows = self.rows()
        self.assertEqual([int(row["combination"]) for row in rows], list(range(COMBINATIONS)))
        settings = {tuple(row[key] for key in HEADER.split(",")[2:7]) for row in rows}
        self.assertEqual(len(settings), COMBINATIONS)
        self.assertEqual({row["hidden"] for row in rows}, {"2", "4", "2-2", "4-4"})
        self.assertEqual({row["rung"] for row in rows}, {"0"})
        self.assertEqual(len({row["run"] for row in rows}), 1)
        self.assertFalse(os.path.exists(self.path("g.csv.part")))

    def test_measures_follow_from_the_counts(self):
        self.search()
        for row in self.rows():
            tp, fn, fp, tn = (
                int(row[key]) for key in ("true_positives", "false_negatives", "false_positives", "true_negatives")
            )
            scale = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
            for name, value in (
                ("recall", tp / (tp + fn)),
                ("false_positive_rate", fp / (fp + tn)),
                ("precision", tp / (tp + fp) if tp + fp else 0),
                ("f1", 2 * tp / (2 * tp + fp + fn)),
                ("mcc", (tp * tn - fp * fn) / scale if scale else 0),
                ("accuracy", (tp + tn) / (tp + fn + fp + tn)),
            ):
                self.assertAlmostEqual(float(row[name]), value, delta=6e-7, msg=name)

    def test_the_best_and_the_worst_are_those_of_the_file(self):
        for rank in ("f1", "mcc", "accuracy", "loss"):
            told = self.search("--rank", rank)
            sign = -1 if rank == "loss" else 1
            by_value = sorted(self.rows(), key=lambda row: sign * float(row[rank]))
            for word, row in (("best", by_value[-1]), ("worst", by_value[0])):
                shown = next(line for line in told.splitlines() if line.startswith(word))
                names = ("recall", "false_positive_rate", "precision", "f1", "mcc", "accuracy")
                for name, value in zip(names, shown.split()[5:]):
                    if name == rank:
                        self.assertAlmostEqual(float(value), float(row[name]), delta=6e-5)
            ahead = abs(float(by_value[-1][rank]) - float(by_value[0][rank]))
            self.assertIn(
                f"The best loss is lower by {ahead:.4f}."
                if rank == "loss"
                else f"The best is ahead by {100 * ahead:.1f} points of {rank}.",
                told,
            )

    def test_is_the_same_whatever_the_number_of_workers(self):
        files = []
        for workers in ("1", "2", "7"):
            self.search("-j", workers)
            files.append(self.read("g.csv"))
        self.assertEqual(files[0], files[1])
        self.assertEqual(files[0], files[2])
        self.search("--seed", "2")
        self.assertNotEqual(self.read("g.csv"), files[0])

    def test_halving_trains_the_best_quarter_on_four_times_the_rows(self):
        files = []
        for workers in ("1", "3"):
            self.search("--halving", "100", "-j", workers)
            files.append(self.read("g.csv"))
        self.assertEqual(files[0], files[1])
        rows = self.rows()
        rungs = [[row for row in rows if int(row["rung"]) == rung] for rung in range(3)]
        self.assertEqual([len(rung) for rung in rungs], [COMBINATIONS, COMBINATIONS // 4, COMBINATIONS // 16])
        self.assertEqual({row["rows_trained"] for row in rungs[0]}, {"100"})
        self.assertEqual({row["rows_trained"] for row in rungs[1]}, {"400"})
        left = {row["combination"] for row in rungs[0]}
        for rung in rungs[1:]:
            self.assertLessEqual({row["combination"] for row in rung}, left)
            left = {row["combination"] for row in rung}

    def test_the_best_model_is_written_and_detects(self):
        told = self.search("--model", "best.onnx")
        self.assertRegex(told, r"best\.onnx: \d+ parameters written\n\Z")
        self.runs("detect", "-r", "samples/xmrig.pcap.gz", "--model", "best.onnx")

    def test_rows_to_test_on_are_scored_once_the_choice_is_made(self):
        self.assertIn("best, test rows", self.search())
        self.assertNotIn("test rows ", self.search("--test", "0"))

    def test_a_random_split_says_that_it_flatters_and_others_do_not(self):
        self.assertIn("this flatters", self.search())
        by_capture = self.search("--split", "capture")
        self.assertNotIn("flatters", by_capture)


class Resume(GridSearch):
    def search_until(self, enough_rows, *arguments):
        """Starts a search, interrupts it once the file has so many rows, and returns what it said."""
        with subprocess.Popen(
            [kanaria_runs.BINARY, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as search:
            deadline = time.monotonic() + 60
            while search.poll() is None and time.monotonic() < deadline:
                if os.path.exists(self.path("g.csv")) and self.read("g.csv").count(b"\n") > enough_rows:
                    search.send_signal(signal.SIGINT)
                    break
                time.sleep(0.002)
            out, err = search.communicate(timeout=60)
            return kanaria_runs.Ran(search.returncode, out.decode(), err.decode())

    def test_after_an_interrupt_ends_with_the_file_of_an_uninterrupted_search(self):
        # The thesis's space, so that there is something left to interrupt.
        arguments = ("grid", "samples/LABELS.csv", "--rows", "300", "--epochs", "6", "--split", "random", "-o", "g.csv")
        self.runs(*arguments)
        whole = self.read("g.csv")
        self.assertEqual(whole.count(b"\n"), 1 + 672)
        os.remove(self.path("g.csv"))

        stopped = self.search_until(3, *arguments, "-j", "2")
        done = self.read("g.csv").count(b"\n") - 1
        self.assertEqual(stopped.exit_code, 1)
        self.assertEqual(
            stopped.err,
            f"kanaria: g.csv: the search was stopped with {done} trainings done; go on with --resume\n",
        )
        self.assertLess(done, 672)
        self.assertGreaterEqual(done, 3)
        self.assertLessEqual(set(self.read("g.csv").splitlines()), set(whole.splitlines()))

        told = self.runs(*arguments, "--resume")
        self.assertIn(f"672 combinations, {672 - done} trainings in ", told)
        self.assertIn(f", {done} were there; ", told)
        self.assertEqual(self.read("g.csv"), whole)

    def test_from_every_kind_of_rest_ends_with_the_same_file(self):
        self.search()
        whole = self.read("g.csv")
        lines = whole.splitlines(keepends=True)
        for rest in (
            whole,
            b"".join(lines[:1]),
            b"".join(lines[:9]),
            b"".join(lines[:1] + lines[:4:-1]),  # in another order
            b"".join(lines[:9]) + lines[9][:20],  # the last line cut
            None,
        ):
            os.remove(self.path("g.csv"))
            if rest is not None:
                self.write("g.csv", rest)
            self.search("--resume")
            self.assertEqual(self.read("g.csv"), whole)

    def test_of_a_halved_search_knows_every_rung(self):
        self.search("--halving", "100")
        whole = self.read("g.csv")
        lines = whole.splitlines(keepends=True)
        self.write("g.csv", b"".join(lines[: COMBINATIONS + 4]))
        told = self.search("--halving", "100", "--resume")
        self.assertIn(f"{len(lines) - COMBINATIONS - 4} trainings in ", told)
        self.assertEqual(self.read("g.csv"), whole)

    def test_refuses_results_of_another_run_and_leaves_them_alone(self):
        self.search()
        whole = self.read("g.csv")
        self.write("other.toml", SPACE.replace(b"[2, 4]", b"[2, 8]"))
        for other in (
            ("--seed", "2"),
            ("--space", "other.toml"),
            ("--epochs", "4"),
            ("--rows", "500"),
            ("--split", "capture"),
            ("--test", "0.3"),
            ("--validation", "0.3"),
            ("--weights", "equal"),
            ("--schedule", "linear"),
            ("--halving", "50"),
            ("--lens", "header"),
        ):
            with self.subTest(other=other):
                self.complains(OTHER_RUN, *self.arguments(*other, "--resume"), exit_code=1)
                self.assertEqual(self.read("g.csv"), whole)

    def test_refuses_results_drawn_by_other_groups_of_the_labels(self):
        arguments = self.arguments("--split", "source", "--resume")
        text = self.read("samples/LABELS.csv").decode().splitlines(keepends=True)

        def group_by_line(parts):
            for i, line in enumerate(text[1:], 1):
                fields = line.split(",")
                fields[8] = f"group {i % parts}"
                text[i] = ",".join(fields)
            self.write("samples/LABELS.csv", "".join(text).encode())

        group_by_line(7)
        self.runs(*arguments)
        whole = self.read("g.csv")
        group_by_line(5)
        self.complains(OTHER_RUN, *arguments, exit_code=1)
        self.assertEqual(self.read("g.csv"), whole)

    def test_refuses_a_foreign_file_and_leaves_it_alone(self):
        self.write("g.csv", b"my diary\n")
        self.complains(
            "g.csv: is no result of 'kanaria grid'; name another file",
            *self.arguments("--resume"),
            exit_code=1,
        )
        self.assertEqual(self.read("g.csv"), b"my diary\n")


class Refusals(GridSearch):
    def test_unknown_words_get_the_nearest(self):
        for option, word, sentence in (
            ("--lens", "pear", "unknown lens 'pear': did you mean 'pair'? (rhythm, pair, lengths, header)"),
            (
                "--split",
                "sourse",
                "unknown split 'sourse': did you mean 'source'? (random, capture, kind, source, time)",
            ),
            (
                "--space",
                "theses",
                "unknown space 'theses': did you mean 'thesis'? (thesis, thesis-independent, FILE.toml)",
            ),
            (
                "--space",
                "big",
                "unknown space 'big': choose one of (thesis, thesis-independent, FILE.toml)",
            ),
        ):
            self.complains(sentence, *self.arguments(option, word), exit_code=2)
        self.assertFalse(os.path.exists(self.path("g.csv")))

    def test_a_space_that_cannot_be_used(self):
        for text, sentence in (
            (None, "bad.toml: cannot be read; check the path"),
            (
                SPACE.replace(b"[2, 4]", b"[4096]"),
                "bad.toml: 2 layers of 4096 nodes have more than 1048576 weights; leave some out",
            ),
            (
                SPACE.replace(b"[16]", b'["16"]'),
                "bad.toml: line 3: 'batch' is no whole number from 1 to 1048576; see docs/grid.md",
            ),
            (SPACE.replace(b"nodes", b"node"), "bad.toml: 'nodes' is missing; see docs/grid.md"),
        ):
            if text is not None:
                self.write("bad.toml", text)
            self.complains(sentence, *self.arguments("--space", "bad.toml"), exit_code=1)
        self.assertFalse(os.path.exists(self.path("g.csv")))

    def test_labels_that_match_nothing(self):
        self.write("samples/N.csv", b"file,src_ip,label\nxmrig.pcap.gz,192.0.2.77,mining\n")
        ran = self.run_kanaria("grid", "samples/N.csv", "-o", "g.csv")
        self.assertRegex(ran.err, r"\Akanaria: the labels match no connection of their 1 captures; [^\n]*\n\Z")
        self.assertEqual(ran.exit_code, 1)

    def test_one_class_only(self):
        self.write("samples/B.csv", b"file,label\nxmrig.pcap.gz,benign\n")
        ran = self.run_kanaria("grid", "samples/B.csv", "--split", "random", "-o", "g.csv")
        self.assertRegex(
            ran.err,
            r"\Akanaria: all \d+ rows to learn from are benign; training needs both classes: add captures of the other\n\Z",
        )
        self.assertEqual(ran.exit_code, 1)

    def test_rows_to_choose_by_need_both_classes(self):
        # Both captures that mine are needed to learn from and to test on: none is left to choose by.
        self.write(
            "samples/T.csv",
            b"file,src_ip,label\nxmrig.pcap.gz,10.20.0.21,mining\nxmrig.pcap.gz,,benign\n"
            b"browser-miner.pcapng,10.20.0.12,mining\nbrowser-miner.pcapng,,benign\n",
        )
        self.complains(
            "of the 0 rows to choose by 0 are mining; both classes are needed: add captures, or take another --split "
            "or --seed",
            *("grid", "samples/T.csv", "--space", "space.toml", "--split", "capture", "-o", "g.csv"),
            exit_code=1,
        )

    def test_training_that_diverges_with_every_combination(self):
        diverging = (
            b'hidden_layers = [5]\nnodes = [64]\nbatch = [16]\noptimizer = ["sgd"]\nactivation = ["relu"]\n'
            b"learning_rate = [9, 10]\n"
        )
        self.write("space.toml", diverging)
        self.complains(
            "training diverged with every combination; give a lower learning_rate in a space of your own (docs/grid.md)",
            *self.arguments(),
            exit_code=1,
        )
        self.assertEqual({row["loss"] for row in self.rows()}, {"nan"})

    def test_a_full_disk_is_said_and_the_search_goes_on_later(self):
        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1200, resource.RLIM_INFINITY))

        self.complains(
            "g.csv: could not be written on (File too large); what stands in it is kept, check the space left",
            *self.arguments("-j", "1"),
            exit_code=1,
            preexec_fn=small_files,
        )
        self.assertGreater(len(self.read("g.csv")), len(HEADER))
        self.assertIn(" were there; ", self.search("--resume"))
        self.assertEqual(len(self.rows()), COMBINATIONS)

    def test_a_folder_that_does_not_exist(self):
        self.complains(
            "no/g.csv.part: cannot be created (No such file or directory); check the folder and its permissions",
            *self.arguments("-o", "no/g.csv"),
            exit_code=1,
        )

    def test_a_full_disk_under_stdout_is_said(self):
        with open("/dev/full", "wb") as full:
            self.complains(
                "results could not be written (No space left on device); "
                "check the space left and the reader of the pipe",
                *self.arguments(),
                exit_code=1,
                stdout=full,
            )


if __name__ == "__main__":
    main()
