#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rows of connections that never were, from descriptions of dialects."""

import csv
import io
import os

from kanaria_runs import KanariaRuns, main

OWN = """
[[dialect]]
name = "newcoin"
label = "mining"
family = "new"
exchanges = [{ says = ["> 150-220", "< 30-50"], timing = "exponential", every_s = [1, 30] }]

[[dialect]]
name = "clock"
label = "benign"
exchanges = [{ says = ["> 80-400", "< 30-500"], timing = "regular", every_s = [1, 30] }]
"""
RHYTHM = ("--lens", "rhythm")


class GeneratedDataSet(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.write("own.toml", OWN.encode())

    def generate(self, *arguments):
        ran = self.run_kanaria("dataset", "--generate", "own.toml", "--per-dialect", "20", *RHYTHM, *arguments)
        self.assertEqual(ran.exit_code, 0, ran.err)
        self.assertRegex(
            ran.err, r"\Akanaria: \d+ rows of 40 generated connections: \d+ mining, \d+ benign\n\Z"
        )
        return ran.out

    def test_has_the_rows_of_each_dialect_under_its_name(self):
        rows = list(csv.DictReader(io.StringIO(self.generate())))
        self.assertEqual({row["capture"] for row in rows}, {"generated:own"})
        self.assertEqual({row["lens"] for row in rows}, {"rhythm 1"})
        self.assertEqual({(row["kind"], row["label"], row["source"], row["group"]) for row in rows},
                         {("newcoin", "mining", "generator", "generator-new"),
                          ("clock", "benign", "generator", "generator")})
        self.assertEqual(len({row["connection"] for row in rows}), 40)

    def test_is_the_same_again_and_another_with_another_seed(self):
        text = self.generate()
        self.assertEqual(self.generate(), text)
        self.assertNotEqual(self.generate("--seed", "2"), text)

    def test_can_be_trained_on(self):
        self.generate("-o", "d.csv.gz")
        self.runs("train", "d.csv.gz", "--hidden", "8", "--epochs", "2", "--validation", "0", "-o", "m.onnx")
        self.assertTrue(os.path.exists(self.path("m.onnx")))

    def test_refuses_what_does_not_go_with_it(self):
        for arguments, sentence in (
            (("--generate", "own.toml", "--lens", "pair"),
             "lens 'pair' looks at values of headers, which a dialect does not describe: choose another lens, "
             "such as rhythm"),
            (("--generate", "own.toml", *RHYTHM, "--label", "mining"),
             "--label, --kind, --source and --group belong to -r: dialects say them themselves"),
            (("LABELS.csv", "--generate", "own.toml", *RHYTHM),
             "--generate needs no captures: name neither LABELS.csv nor -r with it"),
            (("--generate", "own.toml", *RHYTHM, "--perturb", "padding:3"),
             "--perturb and --max-gap change captures: leave them out with --generate"),
        ):
            with self.subTest(sentence):
                self.complains(sentence, "dataset", *arguments, exit_code=2)

    def test_says_what_is_wrong_with_a_description(self):
        self.write("bad.toml", OWN.replace("exponential", "poisson").encode())
        self.complains(
            "bad.toml: line 6: dialect 'newcoin': 'timing' is none of exponential, regular, mixed, human, bursts, "
            "geometric, silence; see docs/generator.md",
            *("dataset", "--generate", "bad.toml", *RHYTHM),
            exit_code=1,
        )
        self.complains("none.toml: cannot be read; check the path",
                       *("dataset", "--generate", "none.toml", *RHYTHM), exit_code=1)

    def test_never_writes_over_a_description(self):
        self.complains("own.toml: is read from and cannot be written to; name another file",
                       *("dataset", "--generate", "own.toml", *RHYTHM, "-o", "own.toml"), exit_code=1)
        self.assertEqual(self.read("own.toml").decode(), OWN)


if __name__ == "__main__":
    main()
