#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rows that training brings along beside one's own, and training on few kinds without them."""

import os
import shutil
import subprocess

import kanaria_runs
from captures import chat, miner, pcap
from kanaria_runs import KanariaRuns, main

QUICK = ("--hidden", "8", "--epochs", "20", "--batch", "32")
RHYTHM = (*QUICK, "--lens", "rhythm")


class TrainsOnRhythm(KanariaRuns):
    def captures(self, folder, days, kinds, chats=1):
        """A miner and `chats` chats a day, of so many kinds each."""
        labels = "file,src_ip,label,kind,group\n"
        for day in range(days):
            packets = miner("10.0.0.1", seed=day)
            for line in range(chats):
                packets += chat("10.0.0.2", port=51000 + line, seed=10 * day + line)
            self.write(f"{folder}/{day}.pcap", pcap(packets))
            kind = day % kinds
            labels += f"{day}.pcap,10.0.0.1,mining,miner {kind},{folder}\n{day}.pcap,,benign,chat {kind},{folder}\n"
        self.write(f"{folder}/LABELS.csv", labels.encode())


class BackgroundRows(TrainsOnRhythm):
    def setUp(self):
        super().setUp()
        self.captures("own", days=4, kinds=2)
        self.captures("far", days=2, kinds=2)
        self.dataset("rhythm", "far.csv")

    def dataset(self, lens, name):
        ran = self.run_kanaria("dataset", "far/LABELS.csv", "--lens", lens, "-o", name)
        self.assertEqual(ran.exit_code, 0)

    def train(self, *arguments, background="none"):
        return self.runs(
            "train", "own/LABELS.csv", *RHYTHM, *arguments, "-o", "m.onnx",
            environment={"KANARIA_BACKGROUND": background},
        )

    def test_are_learnt_from_unless_they_are_declined(self):
        self.assertIn(" rows of 8 connections in 4 captures; ", self.train("--no-background", background="far.csv"))
        self.assertIn(" rows of 12 connections in 6 captures; ", self.train(background="far.csv"))
        self.assertRegex(
            self.train("--no-background"),
            r"\A(\d+) rows of 8 connections in 4 captures; \1 to learn from, 0 to test on\n"
            r"evidence threshold \d+\.\d\d\n"
            r"On your \1 rows, a row alarming above log-odds 0:\n"
            r"this model, kinds left out       recall .*\n"
            r"the built-in model               recall .*\n"
            r"m\.onnx: \d+ parameters written\n\Z",
        )

    def test_stand_beside_the_installed_program(self):
        os.makedirs(self.path("prefix/bin"))
        os.makedirs(self.path("prefix/share/kanaria"))
        installed = shutil.copy(kanaria_runs.BINARY, self.path("prefix/bin"))
        self.dataset("rhythm", "prefix/share/kanaria/background.csv.zst")
        trained = subprocess.run(
            [installed, "train", "own/LABELS.csv", *RHYTHM, "-o", "m.onnx"],
            cwd=self.folder, env=dict(os.environ, KANARIA_BACKGROUND=""), capture_output=True, check=True, timeout=120,
        )
        self.assertIn(b" rows of 12 connections in 6 captures; ", trained.stdout)

    def test_of_which_there_are_none_are_missed_aloud(self):
        alone = shutil.copy(kanaria_runs.BINARY, self.path("alone"))
        train = (alone, "train", "own/LABELS.csv", *RHYTHM, "-o", "m.onnx")
        for declined, said in ((), b"there is no background.csv.zst beside the program"), (("--no-background",), b""):
            trained = subprocess.run(
                [*train, *declined], cwd=self.folder, env=dict(os.environ, KANARIA_BACKGROUND=""), capture_output=True,
                check=True, timeout=120,
            )
            self.assertIn(said, trained.stderr)
            self.assertEqual(bool(said), b"background" in trained.stderr)

    def test_named_by_hand_take_the_place_of_those_brought_along(self):
        self.assertIn(" rows of 12 connections ", self.train("--background", "far.csv", background="no.csv"))

    def test_that_are_not_there_are_said_unless_they_are_declined(self):
        environment = {"KANARIA_BACKGROUND": "no.csv"}
        train = ("train", "own/LABELS.csv", *RHYTHM, "-o", "m.onnx")
        pair = ("train", "own/LABELS.csv", *QUICK, "--lens", "pair", "-o", "m.onnx")
        self.complains("no.csv: there is no such file; check the name", *train, exit_code=1, environment=environment)
        self.assertFalse(os.path.exists(self.path("m.onnx")))
        self.runs(*train, "--no-background", environment=environment)
        self.runs(*pair, environment=environment)

    def test_of_another_lens_are_refused(self):
        self.dataset("pair", "pairs.csv")
        ran = self.run_kanaria("train", "own/LABELS.csv", *RHYTHM, "-o", "m.onnx",
                               environment={"KANARIA_BACKGROUND": "pairs.csv"})
        self.assertRegex(ran.err, r"\Akanaria: pairs\.csv: .*lens 'pair'.*\n\Z")
        self.assertEqual(ran.exit_code, 1)


class FewKinds(TrainsOnRhythm):
    def test_of_one_kind_a_class_connections_are_left_out_and_it_is_said_that_this_flatters(self):
        self.captures("few", days=3, kinds=1)
        flatters = (
            "mining and benign rows are all of one group and kind: log-odds are fitted on connections "
            "left out instead of kinds, which flatters; add captures of other kinds"
        )
        few = ("few/LABELS.csv", *RHYTHM, "--no-background")
        ran = self.complains(flatters, "train", *few, "-o", "m.onnx", exit_code=0)
        self.assertIn("this model, connections left out recall ", ran.out)
        self.write("miner.pcap", pcap(miner("192.0.2.1", seed=77)))
        self.runs("detect", "-r", "miner.pcap", "--model", "m.onnx")
        self.complains(flatters, "evaluate", *few, "--folds", "2", exit_code=0)
        fitted_before = self.run_kanaria("evaluate", "few/LABELS.csv", "--model", "m.onnx")
        self.assertNotIn("group and kind", fitted_before.err)

    def test_one_connection_of_a_class_is_too_few(self):
        self.captures("one", days=1, kinds=1, chats=3)
        ran = self.run_kanaria("train", "one/LABELS.csv", *RHYTHM, "--no-background", "-o", "one.onnx")
        self.assertIn(
            "kanaria: log-odds are fitted on connections that were not learnt from, and there is one mining "
            "connection alone to learn from; add captures of others\n",
            ran.err,
        )
        self.assertEqual(ran.exit_code, 1)
        self.assertFalse(os.path.exists(self.path("one.onnx")))


if __name__ == "__main__":
    main()
