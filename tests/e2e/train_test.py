#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training on labelled captures, and detection with the model it wrote."""

import os
import signal
import subprocess
import time

import kanaria_runs
from captures import chat, miner, pcap
from kanaria_runs import KanariaRuns, main

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QUICK = ("--hidden", "8", "--epochs", "20", "--batch", "32")


def catches_sigint(process_id):
    with open(f"/proc/{process_id}/status", encoding="ascii") as file:
        caught = next(line for line in file if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1


class TrainedModel(KanariaRuns):
    def setUp(self):
        super().setUp()
        labels = "file,src_ip,label\n"
        for day in range(5):
            packets = miner("10.0.0.1", seed=day) + chat("10.0.0.2", seed=day)
            self.write(f"captures/{day}.pcap", pcap(packets))
            labels += f"{day}.pcap,10.0.0.1,mining\n{day}.pcap,,benign\n"
        self.write("captures/LABELS.csv", labels.encode())
        self.write("miner.pcap", pcap(miner("192.0.2.1", seed=77)))
        self.write("chat.pcap", pcap(chat("192.0.2.2", seed=77)))

    def train(self, *arguments):
        return self.runs("train", "captures/LABELS.csv", *QUICK, *arguments)

    def test_finds_a_miner_it_never_saw_and_sets_the_exit_code_when_asked(self):
        self.assertRegex(
            self.train("-o", "m.onnx"),
            r"\A\d+ rows of 10 connections in 5 captures; \d+ to learn from, 0 to test on\n"
            r"m\.onnx: \d+ parameters written\n\Z",
        )
        self.assertEqual(os.listdir(self.folder).count("m.onnx.part"), 0)
        model = ("--model", "m.onnx")
        self.assertIn("192.0.2.1 ", self.runs("detect", "-r", "miner.pcap", *model))
        self.runs("detect", "-r", "miner.pcap", *model, "--exit-code", exit_code=3)
        self.runs("detect", "-r", "chat.pcap", *model, "--exit-code", exit_code=0)
        self.assertIn("No host was found mining.", self.runs("detect", "-r", "chat.pcap", *model))

    def test_a_fault_outranks_mining_in_the_exit_code(self):
        self.train("-o", "m.onnx")
        self.complains(
            "no.pcap: there is no such file; check the name",
            *("detect", "-r", "miner.pcap", "no.pcap", "--model", "m.onnx", "--exit-code"),
            exit_code=1,
        )

    def test_kinds_left_out_are_not_learnt_from(self):
        labels = "file,src_ip,label,kind\n"
        for day in range(5):
            labels += f"{day}.pcap,10.0.0.1,mining,{'a' if day < 3 else 'b'}\n{day}.pcap,,benign,chat\n"
        self.write("captures/KINDS.csv", labels.encode())
        self.write("captures/A.csv", "".join(
            line for line in labels.splitlines(True) if not line.endswith(",b\n")).replace(
            "3.pcap,,", "3.pcap,10.0.0.2,").replace("4.pcap,,", "4.pcap,10.0.0.2,").encode())
        count = lambda text: int(text.split("; ")[1].split()[0])
        all_kinds, without_b, only_a = (
            self.runs("train", f"captures/{name}", *QUICK, *more, "-o", "m.onnx")
            for name, more in (("KINDS.csv", ()), ("KINDS.csv", ("--leave-out", "b")), ("A.csv", ()))
        )
        self.assertLess(count(without_b), count(all_kinds))
        self.assertEqual(count(without_b), count(only_a))
        self.complains(
            "--leave-out: no connection is of kind 'c'; see the labels' column 'kind'",
            *("train", "captures/KINDS.csv", "--leave-out", "b,c", "-o", "m.onnx"),
            exit_code=1,
        )

    def test_every_lens_can_be_trained_and_used(self):
        for lens in ("pair", "header"):
            self.train("-o", f"{lens}.onnx", "--lens", lens)
            self.runs("detect", "-r", "miner.pcap", "--model", f"{lens}.onnx")
        self.complains(
            "header.onnx: the model was trained with lens 'header', not 'pair'; leave --lens out or name another model",
            *("detect", "-r", "miner.pcap", "--model", "header.onnx", "--lens", "pair"),
            exit_code=1,
        )

    def test_the_same_seed_gives_the_same_bytes(self):
        for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
            self.train("-o", name, "--seed", seed)
        self.assertEqual(self.read("a"), self.read("b"))
        self.assertNotEqual(self.read("a"), self.read("c"))

    def test_a_test_share_is_scored_and_a_random_split_says_that_it_flatters(self):
        by_capture = self.train("--test", "0.4")
        self.assertIn("found mining found benign", by_capture)
        self.assertRegex(by_capture, r"recall \d\.\d{4}  FPR \d\.\d{5}  precision")
        self.assertNotIn("flatters", by_capture)
        self.assertIn("this flatters", self.train("--test", "0.4", "--split", "random"))

    def test_every_split_is_known_and_others_get_the_nearest(self):
        for split in ("kind", "source", "time"):
            self.write("captures/LABELS.csv", self.labels_with_groups())
            self.assertIn("found mining found benign", self.train("--test", "0.4", "--split", split))
        self.complains(
            "unknown split 'times': did you mean 'time'? (random, capture, kind, source, time)",
            *("train", "captures/LABELS.csv", "--test", "0.4", "--split", "times"),
            exit_code=2,
        )

    def labels_with_groups(self):
        lines = ["file,src_ip,label,kind,source,group"]
        for day in range(5):
            lines.append(f"{day}.pcap,10.0.0.1,mining,miner {day},lab,group {day}")
            lines.append(f"{day}.pcap,,benign,chat {day},lab,group {day}")
        return "\n".join(lines).encode() + b"\n"

    def test_two_captures_are_learnt_from_and_tested_on_however_small_the_share(self):
        self.write("captures/LABELS.csv", b"".join(self.read("captures/LABELS.csv").splitlines(keepends=True)[:5]))
        self.assertRegex(
            self.train("--test", "0.1", "--validation", "0"),
            r"\A\d+ rows of 4 connections in 2 captures; [1-9]\d* to learn from, [1-9]\d* to test on\n",
        )

    def test_every_optimizer_and_activation_trains(self):
        models = set()
        for optimizer in ("sgd", "rmsprop", "adagrad", "adam", "nadam"):
            for activation in ("relu", "tanh", "softsign"):
                self.train("-o", "m.onnx", "--optimizer", optimizer, "--activation", activation)
                models.add(self.read("m.onnx"))
        self.assertEqual(len(models), 15)

    def test_an_interrupt_keeps_the_model_that_is_there(self):
        train = ("train", "captures/LABELS.csv", "--hidden", "8", "--validation", "0", "--epochs", "100000")
        with subprocess.Popen(
            [kanaria_runs.BINARY, *train, "-o", "m.onnx"],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as training:
            while training.poll() is None and not catches_sigint(training.pid):
                time.sleep(0.002)
            training.send_signal(signal.SIGINT)
            out, err = training.communicate(timeout=60)
        self.assertEqual(err, b"")
        self.assertEqual(training.returncode, 0)
        self.assertIn(b"m.onnx: ", out)
        self.runs("detect", "-r", "miner.pcap", "--model", "m.onnx")

    def test_a_damaged_capture_is_used_as_far_as_it_goes_and_said_with_exit_code_1(self):
        whole = self.read("captures/4.pcap")
        self.write("captures/4.pcap", whole[:-1])
        ran = self.run_kanaria("train", "captures/LABELS.csv", *QUICK, "-o", "m.onnx")
        self.assertRegex(
            ran.err,
            rf"\Akanaria: captures/4\.pcap: record at byte \d+ claims 70 bytes but the file ends at byte "
            rf"{len(whole) - 1}; the \d+ packets before it were used; copy the file again or repair it with pcapfix\n\Z",
        )
        self.assertEqual(ran.exit_code, 1)
        self.assertIn("m.onnx: ", ran.out)
        self.runs("detect", "-r", "miner.pcap", "--model", "m.onnx")

    def test_what_cannot_be_trained_is_said(self):
        labels = b"file,label\n0.pcap,mining\n"
        for name, text, sentence in (
            ("L.csv", None, "L.csv: there is no such file; check the name"),
            ("captures/L.csv", b"file,label\n0.pcap,yes\n",
             "captures/L.csv: record 2: label 'yes' is no label (mining, benign, unknown); correct it"),
            ("captures/M.csv", b"file,label\nno.pcap,mining\n",
             "captures/no.pcap: there is no such file; check the name"),
        ):
            if text is not None:
                self.write(name, text)
            self.complains(sentence, "train", name, "-o", "m.onnx", exit_code=1)
        self.write("captures/N.csv", labels)
        ran = self.run_kanaria("train", "captures/N.csv", "-o", "m.onnx")
        self.assertRegex(
            ran.err,
            r"\Akanaria: all \d+ rows to learn from are mining; training needs both classes: "
            r"add captures of the other\n\Z",
        )
        self.assertEqual(ran.exit_code, 1)
        self.assertFalse(os.path.exists(self.path("m.onnx")))

    def test_a_model_that_cannot_be_written_is_said(self):
        ran = self.run_kanaria("train", "captures/LABELS.csv", *QUICK, "-o", "no/m.onnx")
        self.assertEqual(
            ran.err,
            "kanaria: no/m.onnx: the model cannot be written (No such file or directory); "
            "check the folder and the space left\n",
        )
        self.assertEqual(ran.exit_code, 1)

    def test_a_full_disk_under_stdout_is_said(self):
        with open("/dev/full", "wb") as full:
            self.complains(
                "results could not be written (No space left on device); "
                "check the space left and the reader of the pipe",
                *("train", "captures/LABELS.csv", *QUICK, "-o", "m.onnx"),
                exit_code=1,
                stdout=full,
            )


class ForeignModel(KanariaRuns):
    """Networks that other tools trained (tests/model/exports), calibrated on samples/."""

    def export(self, name):
        return os.path.join(REPOSITORY, "tests", "model", "exports", name + ".onnx")

    def calibrate(self, name, *arguments):
        labels = os.path.join(REPOSITORY, "samples", "LABELS.csv")
        return self.runs("train", labels, "--from", self.export(name), "-o", "m.onnx", *arguments)

    def test_is_calibrated_and_finds_the_miners_of_the_samples(self):
        capture = os.path.join(REPOSITORY, "samples", "browser-miner.pcapng")
        for name in ("keras-softsign-sigmoid", "torch-tanh-softmax", "sklearn-tanh-standard"):
            self.assertRegex(
                self.calibrate(name),
                r"\A5390 rows of 100 connections in 4 captures; 5390 to learn from, 0 to test on\n"
                r"\S+: log-odds of mining = [\d.]+ \* logit [+-] [\d.]+\n"
                r" +found mining found benign\n(.*\n){2}recall .*\nm\.onnx: 329 parameters written\n\Z",
            )
            self.assertRegex(
                self.runs("detect", "-r", capture, "--model", "m.onnx"),
                r"(?s)10\.20\.0\.12 +198\.51\.100\.27:443 .*10\.20\.0\.57 +198\.51\.100\.203:443 .*: 2 mining, ",
            )

    def test_a_model_of_our_own_is_calibrated_as_well(self):
        self.calibrate("torch-relu-sigmoid")
        again = self.runs("train", os.path.join(REPOSITORY, "samples", "LABELS.csv"),
                          "--from", "m.onnx", "-o", "n.onnx", "--test", "0.5")
        self.assertIn("m.onnx: log-odds of mining = ", again)

    def test_what_cannot_be_calibrated_is_said(self):
        labels = os.path.join(REPOSITORY, "samples", "LABELS.csv")
        model = self.export("torch-relu-sigmoid")
        for sentence, exit_code, arguments in (
            (f"{model}: the model takes 30 values a row but lens 'header' has 9; name its lens with --lens, "
             "or export a model of 9 inputs", 1, ("--from", model, "--lens", "header")),
            ("no.onnx: the model cannot be opened (No such file or directory); check the path",
             1, ("--from", "no.onnx")),
            ("--epochs is for training, and --from does not train; leave one of the two out",
             2, ("--from", model, "--epochs", "3")),
        ):
            self.complains(sentence, "train", labels, "-o", "m.onnx", *arguments, exit_code=exit_code)
        self.assertFalse(os.path.exists(self.path("m.onnx")))

    def test_detection_refuses_it_until_it_is_calibrated(self):
        model = self.export("torch-relu-sigmoid")
        self.write("miner.pcap", pcap(miner("192.0.2.1", seed=77)))
        self.complains(
            f"{model}: the model does not say which lens it was trained with; calibrate it with "
            f"'kanaria train LABELS.csv --from {model} --lens pair -o MODEL.onnx'",
            *("detect", "-r", "miner.pcap", "--model", model),
            exit_code=1,
        )


if __name__ == "__main__":
    main()
