#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Evaluation: what is told of rows, connections and hosts agrees with itself, with detection, and with the labels."""

import csv
import io
import math
import os
import re
import shutil

from captures import chat, miner, pcap
from kanaria_runs import KanariaRuns, main

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples")
QUICK = ("--hidden", "8", "--epochs", "6")
COUNTS = ("true positives", "false negatives", "false positives", "true negatives")
MEASURES = (
    "recall",
    "false-positive rate",
    "precision",
    "F1",
    "accuracy",
    "error rate",
    "MCC",
    "ROC area",
    "PR area",
    "calibration error",
)
SCOPES = ("rows", "connections", "channels", "hosts")
BASE_RATES = ("0.01", "0.001", "0.0001", "1e-05")


def recomputed(tp, fn, fp, tn):
    scale = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return {
        "recall": tp / (tp + fn) if tp + fn else 0,
        "false-positive rate": fp / (fp + tn) if fp + tn else 0,
        "precision": tp / (tp + fp) if tp + fp else 0,
        "F1": 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0,
        "accuracy": (tp + tn) / (tp + fn + fp + tn),
        "error rate": (fp + fn) / (tp + fn + fp + tn),
        "MCC": (tp * tn - fp * fn) / scale if scale else 0,
    }


class Evaluation(KanariaRuns):
    def measures(self, name="e.csv"):
        """{scope: {measure: (value, low, high, cases)}}"""
        text = self.read(name).decode()
        self.assertEqual(text.splitlines()[0], "scope,measure,value,low,high,cases")
        scopes = {}
        for row in csv.DictReader(io.StringIO(text)):
            numbers = tuple(float(row[key]) if row[key] else None for key in ("value", "low", "high", "cases"))
            if row["scope"] in SCOPES:
                scopes.setdefault(row["scope"], {})[row["measure"]] = numbers
        return scopes


class OnSamples(Evaluation):
    def setUp(self):
        super().setUp()
        shutil.copytree(SAMPLES, self.path("samples"))

    def evaluate(self, *more):
        return self.runs("evaluate", "samples/LABELS.csv", *QUICK, "-o", "e.csv", *more)

    def assert_consistent(self, scope):
        counts = [int(scope[name][0]) for name in COUNTS]
        for name, value in recomputed(*counts).items():
            if name in scope:
                self.assertAlmostEqual(scope[name][0], value, delta=6e-6 * max(abs(value), 1e-9), msg=name)
        for name, (value, low, high, cases) in scope.items():
            if name in COUNTS:
                self.assertEqual((value, None, None), (cases, low, high))
                continue
            self.assertGreaterEqual(cases, 10)
            self.assertLessEqual(low, value * (1 + 1e-5) + 1e-12, name)
            self.assertGreaterEqual(high, value * (1 - 1e-5) - 1e-12, name)
        for rate in BASE_RATES:
            name = f"precision at base rate {rate}"
            self.assertEqual(name in scope, "recall" in scope and "false-positive rate" in scope)
            if name not in scope:
                continue
            base, recall, accused = float(rate), scope["recall"], scope["false-positive rate"]
            for precision, found, wrong in (
                (scope[name][0], recall[0], accused[0]),
                (scope[name][1], recall[1], accused[2]),
                (scope[name][2], recall[2], accused[1]),
            ):
                right = base * found
                whole = right + (1 - base) * wrong
                self.assertAlmostEqual(precision, right / whole if whole else 0, delta=2e-5 * precision + 1e-12)

    def test_every_split_tells_measures_that_follow_from_its_counts(self):
        for split in ("random", "capture", "kind", "time"):
            with self.subTest(split=split):
                told = self.evaluate("--split", split)
                scopes = self.measures()
                self.assertEqual(set(scopes), {"rows"} if split == "random" else set(SCOPES))
                rows = int(re.search(r": (\d+) rows of ", told).group(1))
                self.assertEqual(sum(scopes["rows"][name][0] for name in COUNTS), rows)
                self.assertEqual(set(MEASURES) - set(scopes["rows"]), set())
                self.assertEqual("flatters" in told, split == "random")
                for scope in scopes.values():
                    self.assert_consistent(scope)

    def test_the_text_tells_what_the_file_tells(self):
        told = self.evaluate()
        rows = self.measures()["rows"]
        value, low, high, _ = rows["recall"]
        self.assertRegex(told, rf"\nrecall +{value:.4f} \({low:.4f}–{high:.4f}\)")
        self.assertRegex(told, rf"\nmining, found +{int(rows['true positives'][0])} ")
        self.assertRegex(told, rf"\nbenign, left alone +{int(rows['true negatives'][0])} ")

    def test_every_row_is_tested_once_by_every_number_of_folds(self):
        for folds in ("2", "3", "100"):
            told = self.runs(
                *("evaluate", "samples/LABELS.csv", "--hidden", "4", "--epochs", "1"),
                *("--split", "random", "--folds", folds, "-o", "e.csv"),
            )
            self.assertIn(f"Split by random, {folds} folds; lens pair: 5390 rows", told)
            self.assertEqual(sum(self.measures()["rows"][name][0] for name in COUNTS), 5390)

    def test_the_same_seed_gives_the_same_bytes(self):
        files = []
        for seed in ("1", "1", "2"):
            self.evaluate("--seed", seed)
            files.append(self.read("e.csv"))
        self.assertEqual(files[0], files[1])
        self.assertNotEqual(files[0], files[2])

    def test_controls_and_baselines_are_told_when_asked_for(self):
        told = self.evaluate("--controls")
        for rule in ("never mining", "abnormal TTL", "fixed ISN or IP id", "pool's port", "equal pushes"):
            self.assertRegex(told, rf"\nBaseline, {rule}: \d+ of 6 miners found, \d+ of 16 others accused\.\n")
        self.assertIn("knows only which source a row comes from reaches a ROC area of 0.500.", told)
        self.assertNotIn("Baseline", self.evaluate())

    def test_a_model_that_learnt_from_these_rows_is_said_to_flatter(self):
        self.runs("train", "samples/LABELS.csv", *QUICK, "-o", "m.onnx")
        ran = self.run_kanaria("evaluate", "samples/LABELS.csv", "--model", "m.onnx", "-o", "e.csv")
        self.assertEqual(ran.err, "kanaria: this model was trained on these very rows: what follows flatters\n")
        self.assertEqual(ran.exit_code, 0)
        self.assertIn("One model on all data; lens pair: 5390 rows", ran.out)
        for scope in self.measures().values():
            self.assert_consistent(scope)

    def test_a_model_brings_its_own_lens_which_no_other_may_contradict(self):
        self.runs("train", "samples/LABELS.csv", *QUICK, "--lens", "header", "-o", "h.onnx")
        evaluate = ("evaluate", "samples/LABELS.csv", "--model", "h.onnx")
        told = self.run_kanaria(*evaluate).out
        self.assertIn("One model on all data; lens header: ", told)
        self.assertEqual(self.run_kanaria(*evaluate, "--lens", "header").out, told)
        self.complains(
            "h.onnx: the model was trained with lens 'header', not 'pair'; leave --lens out or name another model",
            *(*evaluate, "--lens", "pair"),
            exit_code=1,
        )
        self.run_kanaria("dataset", "samples/LABELS.csv", "-o", "pairs.csv")
        self.complains(
            "pairs.csv: holds rows of lens 'pair', not of 'header'; name that lens or make another file with "
            "'kanaria dataset --lens header'",
            *("evaluate", "pairs.csv", "--model", "h.onnx"),
            exit_code=1,
        )

    def test_options_of_training_say_nothing_of_a_finished_model(self):
        for option, value in (("--hidden", "8"), ("--epochs", "6"), ("--weights", "equal")):
            self.complains(
                f"{option} is for training, and --model does not train; leave one of the two out",
                *("evaluate", "samples/LABELS.csv", "--model", "m.onnx", option, value),
                exit_code=2,
            )

    def test_one_source_leaves_nothing_to_learn_from(self):
        self.complains(
            "all rows are of one unit of the split, so that none is left to learn from; add captures, or take another "
            "--split",
            *("evaluate", "samples/LABELS.csv", "--split", "source"),
            exit_code=1,
        )

    def test_unknown_words_get_the_nearest(self):
        for option, word, sentence in (
            ("--lens", "heder", "unknown lens 'heder': did you mean 'header'? (rhythm, pair, lengths, header)"),
            (
                "--split",
                "captures",
                "unknown split 'captures': did you mean 'capture'? (random, capture, kind, source, time)",
            ),
            ("--least-message", None, "unknown option '--least-message': did you mean '--least-messages'?"),
        ):
            words = (option,) if word is None else (option, word)
            more = "; see 'kanaria evaluate --help'" if word is None else ""
            self.complains(sentence + more, "evaluate", "samples/LABELS.csv", *words, exit_code=2)

    def test_labels_that_match_nothing_or_name_one_class(self):
        self.write("samples/N.csv", b"file,src_ip,label\nxmrig.pcap.gz,192.0.2.77,mining\n")
        ran = self.run_kanaria("evaluate", "samples/N.csv")
        self.assertRegex(ran.err, r"\Akanaria: the labels match no connection of their 1 captures; [^\n]*\n\Z")
        self.assertEqual(ran.exit_code, 1)
        self.write("samples/M.csv", b"file,label\nxmrig.pcap.gz,mining\n")
        ran = self.run_kanaria("evaluate", "samples/M.csv", "--split", "random")
        self.assertRegex(
            ran.err,
            r"\Akanaria: fold 1 of 5: all \d+ rows to learn from are mining; training needs both classes: add captures "
            r"of the other\n\Z",
        )
        self.assertEqual(ran.exit_code, 1)

    def test_a_full_disk_is_said(self):
        ran = self.run_kanaria("evaluate", "samples/LABELS.csv", *QUICK, "-o", "/dev/full")
        self.assertEqual(
            ran.err,
            "kanaria: /dev/full: could not be written on (No space left on device); what stands in it is kept, check "
            "the space left\n",
        )
        self.assertEqual(ran.exit_code, 1)
        with open("/dev/full", "wb") as full:
            self.complains(
                "results could not be written (No space left on device); "
                "check the space left and the reader of the pipe",
                *("evaluate", "samples/LABELS.csv", *QUICK),
                exit_code=1,
                stdout=full,
            )


class AgainstDetection(Evaluation):
    """12 captures of a miner and a chat each."""

    def setUp(self):
        super().setUp()
        labels = "file,src_ip,label,source\n"
        for day in range(12):
            self.write(f"captures/{day}.pcap", pcap(miner("10.0.0.1", seed=day) + chat("10.0.0.2", seed=day)))
            labels += f"{day}.pcap,10.0.0.1,mining,lab {day % 4}\n{day}.pcap,,benign,lab {day % 4}\n"
        self.write("captures/LABELS.csv", labels.encode())

    def verdicts(self, model):
        """Mining connections and all connections by client, as detect tells them."""
        found = {"10.0.0.1": 0, "10.0.0.2": 0}
        for day in range(12):
            told = self.runs(*("detect", "-r", f"captures/{day}.pcap", "--model", model, "--all", "--format", "csv"))
            for row in csv.DictReader(io.StringIO(told)):
                found[row["src_ip"]] += row["verdict"] == "mining"
        return found

    def test_verdicts_on_connections_and_hosts_are_those_of_detect(self):
        for epochs in ("1", "20"):
            self.runs("train", "captures/LABELS.csv", "--hidden", "8", "--epochs", epochs, "--seed", "3", "-o", "m.onnx")
            self.run_kanaria("evaluate", "captures/LABELS.csv", "--model", "m.onnx", "-o", "e.csv")
            found = self.verdicts("m.onnx")
            scopes = self.measures()
            for scope in ("connections", "channels", "hosts"):
                counts = [scopes[scope][name][0] for name in COUNTS]
                self.assertEqual(counts, [found["10.0.0.1"], 12 - found["10.0.0.1"], found["10.0.0.2"], 12 - found["10.0.0.2"]])

    def test_rows_of_data_files_count_and_verdicts_are_told_of_captures(self):
        self.write("more/LABELS.csv", b"file,src_ip,label\nnight.pcap,10.0.0.1,mining\nnight.pcap,,benign\n")
        self.write("more/night.pcap", pcap(miner("10.0.0.1", seed=99) + chat("10.0.0.2", seed=99)))
        self.run_kanaria("dataset", "more/LABELS.csv", "-o", "night.csv.gz")
        ran = self.run_kanaria("evaluate", "captures/LABELS.csv", "night.csv.gz", *QUICK, "-o", "e.csv")
        self.assertEqual(
            ran.err, "kanaria: data files hold rows only: verdicts are told of 24 of 26 connections\n"
        )
        self.assertEqual(ran.exit_code, 0)
        self.assertIn(" rows of 26 connections in 13 captures.", ran.out)
        self.assertEqual(sum(self.measures()["connections"][name][0] for name in COUNTS), 24)
        told = self.runs("evaluate", "captures/LABELS.csv", "more/LABELS.csv", *QUICK, "-o", "e.csv")
        self.assertIn(" rows of 26 connections in 13 captures.", told)
        self.assertEqual(sum(self.measures()["connections"][name][0] for name in COUNTS), 26)

    def test_copies_and_background_are_learnt_from_and_never_counted(self):
        self.write("more/LABELS.csv", b"file,src_ip,label\nnight.pcap,10.0.0.1,mining\nnight.pcap,,benign\n")
        self.write("more/night.pcap", pcap(miner("10.0.0.1", seed=99) + chat("10.0.0.2", seed=99)))
        self.run_kanaria("dataset", "more/LABELS.csv", "-o", "night.csv.zst")
        evaluate = ("evaluate", "captures/LABELS.csv", *QUICK, "-o", "e.csv")
        plain = self.runs(*evaluate)
        files = {self.read("e.csv")}
        for more in (("--augment", "2"), ("--background", "night.csv.zst"), ("--background", "more/LABELS.csv"),
                     ("--augment", "1", "--background", "night.csv.zst", "--background", "more/LABELS.csv")):
            told = self.runs(*evaluate, *more)
            self.assertEqual(told.splitlines()[0], plain.splitlines()[0])
            for scope, cases in (("connections", 24), ("hosts", 24)):
                self.assertEqual(sum(self.measures()[scope][name][0] for name in COUNTS), cases)
            files.add(self.read("e.csv"))
        self.assertGreater(len(files), 1)
        for option, value in (("--augment", "1"), ("--background", "night.csv.zst")):
            self.complains(
                f"{option} is for training, and --model does not train; leave one of the two out",
                *("evaluate", "captures/LABELS.csv", "--model", "m.onnx", option, value),
                exit_code=2,
            )
        self.complains(
            "none.csv: there is no such file; check the name",
            *(*evaluate, "--background", "none.csv"),
            exit_code=1,
        )

    def test_miners_it_never_saw_are_found_under_every_split(self):
        for split in ("capture", "source"):
            told = self.runs(
                *("evaluate", "captures/LABELS.csv", "--split", split, "--hidden", "8", "--epochs", "30"),
                *("--folds", "4", "-o", "e.csv"),
            )
            self.assertIn(f"Split by {split}, 4 folds", told)
            self.assertGreaterEqual(self.measures()["connections"]["recall"][0], 0.9)
            self.assertLessEqual(self.measures()["connections"]["false-positive rate"][0], 0.1)
            self.assertRegex(told, r"\n  lab 0 +\d of +3 miners found\n")
            self.assertRegex(told, r"\nChannels of miners, all: 12 channels, \d never found; 50 % within \d+ s and \d+ ")

    def test_errors_name_each_connection_that_is_judged_wrongly(self):
        self.runs("evaluate", "captures/LABELS.csv", *QUICK, "-o", "e.csv", "--errors", "wrong.csv")
        scopes = self.measures()["connections"]
        wrong = list(csv.DictReader(io.StringIO(self.read("wrong.csv").decode())))
        self.assertEqual(list(wrong[0]) if wrong else [], [
            "capture", "connection", "label", "kind", "source", "group", "messages", "evidence", "verdict",
        ] if wrong else [])
        for label, verdicts, name in (
            ("mining", ("clear", "suspicious", "undecided"), "false negatives"),
            ("benign", ("mining",), "false positives"),
        ):
            of_label = [row for row in wrong if row["label"] == label]
            self.assertEqual(len(of_label), scopes[name][0])
            for row in of_label:
                self.assertIn(row["verdict"], verdicts)
                self.assertGreaterEqual(int(row["messages"]), 24)

    def test_a_change_that_changes_nothing_leaves_the_verdicts_as_they_are(self):
        arguments = ("evaluate", "captures/LABELS.csv", *QUICK, "-o", "e.csv")
        self.runs(*arguments)
        plain = self.measures()
        told = self.runs(*arguments, "--perturb", "offset:0")
        self.assertIn("Verdicts are of traffic changed by offset:0: +0.0 % bytes and +0.0 % messages of miners", told)
        changed = self.measures()
        self.assertNotIn("rows", changed)
        for scope in changed:
            self.assertEqual(changed[scope], plain[scope])

    def test_perturbations_it_cannot_make_are_refused(self):
        for more, sentence in (
            (("--perturb", "paddin:3"), r"unknown perturbation 'paddin': choose one of [^\n]*"),
            (("--perturb", "padding:256", "--lens", "header"), r"lens 'header' describes packets, [^\n]*"),
            (("--perturb", "padding:256", "--split", "random"), r"--perturb asks for verdicts, [^\n]*"),
        ):
            ran = self.run_kanaria("evaluate", "captures/LABELS.csv", *QUICK, *more)
            self.assertRegex(ran.err, rf"\Akanaria: {sentence}\n\Z")
            self.assertEqual(ran.exit_code, 1)

    def test_connections_with_fewer_messages_are_not_counted(self):
        arguments = ("evaluate", "captures/LABELS.csv", *QUICK, "-o", "e.csv", "--least-messages")
        self.runs(*arguments, "1000000")
        self.assertEqual(sum(self.measures()["connections"][name][0] for name in COUNTS), 0)
        self.runs(*arguments, "0")
        self.assertEqual(sum(self.measures()["connections"][name][0] for name in COUNTS), 24)

    def test_a_damaged_capture_is_used_as_far_as_it_goes_and_said(self):
        whole = self.read("captures/4.pcap")
        self.write("captures/4.pcap", whole[:-1])
        ran = self.run_kanaria("evaluate", "captures/LABELS.csv", *QUICK)
        self.assertRegex(ran.err, r"\Akanaria: captures/4\.pcap: record at byte \d+ claims [^\n]*\n\Z")
        self.assertEqual(ran.exit_code, 1)
        self.assertIn("24 connections in 12 captures", ran.out)


if __name__ == "__main__":
    main()
