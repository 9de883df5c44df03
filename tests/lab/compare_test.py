#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How far two sets of connections are apart, against values worked out by hand or by the definition."""

import math
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from random import Random

from made_up_rows import DOWN, UP, conversation, lines, stand_in

from lab.analysis.distribution import Distribution, Sample, kolmogorov_smirnov, log_wasserstein
from lab.failure import LabFailure
from lab.analysis.figures import distribution
from lab.analysis.pairs import segments_of
from lab.analysis.public_kinds import read_public_kinds
from lab.analysis.two_samples import FEWEST_SEGMENTS, compare, noise_floor, pooled, role_of, values_by_kind

ROOT = Path(__file__).resolve().parent.parent.parent


def sample(*values):
    kept = Sample(1000, Random(1))
    for value in values:
        kept.add(value)
    return kept


def values(kinds, *conversations):
    return values_by_kind(segments_of(lines(*conversations)), kinds)


def talk(count, *, reply_s=0.1, up=185, down=65):
    """Client and server by turns, a client's segment each second."""
    return [
        (way, length, second + late)
        for second in range(count // 2)
        for way, length, late in ((UP, up, 0.0), (DOWN, down, reply_s))
    ]


class KolmogorovSmirnov(unittest.TestCase):
    def test_of_a_uniform_sample_and_the_same_shifted_is_the_part_that_is_not_shared(self):
        self.assertAlmostEqual(kolmogorov_smirnov(distribution(range(100)), distribution(range(25, 125))), 0.25)

    def test_of_a_sample_and_itself_is_zero(self):
        self.assertEqual(kolmogorov_smirnov(distribution([1, 2, 2, 5]), distribution([1, 2, 2, 5])), 0)

    def test_of_samples_with_nothing_in_common_is_one(self):
        self.assertEqual(kolmogorov_smirnov(distribution([1, 2]), distribution([3])), 1)
        self.assertEqual(kolmogorov_smirnov(distribution([3]), distribution([1, 2])), 1)

    def test_is_what_the_definition_says(self):
        random = Random(7)
        for _ in range(50):
            one = [random.randrange(20) for _ in range(random.randrange(1, 30))]
            other = [random.randrange(20) for _ in range(random.randrange(1, 30))]
            by_definition = max(
                abs(sum(each <= value for each in one) / len(one) - sum(each <= value for each in other) / len(other))
                for value in one + other
            )
            self.assertAlmostEqual(kolmogorov_smirnov(distribution(one), distribution(other)), by_definition)


class LogWasserstein(unittest.TestCase):
    def test_of_a_sample_and_its_tenfold_is_one(self):
        self.assertAlmostEqual(log_wasserstein(distribution([2, 30, 500]), distribution([20, 300, 5000])), 1)

    def test_counts_only_the_weight_that_is_moved(self):
        self.assertAlmostEqual(log_wasserstein(Distribution({1: 0.5, 10: 0.5}), Distribution({10: 1})), 0.5)

    def test_of_as_many_values_is_the_mean_distance_of_the_sorted_logarithms(self):
        random = Random(7)
        for _ in range(50):
            count = random.randrange(1, 30)
            one = sorted(random.uniform(1e-6, 100) for _ in range(count))
            other = sorted(random.uniform(1e-6, 100) for _ in range(count))
            mean = sum(abs(math.log10(a / b)) for a, b in zip(one, other)) / count
            self.assertAlmostEqual(log_wasserstein(distribution(one), distribution(other)), mean)


class Weights(unittest.TestCase):
    def test_a_long_connection_weighs_as_much_as_a_short_one(self):
        both = pooled([sample(*[1] * 99), sample(2)])
        self.assertAlmostEqual(both.share_up_to(1), 0.5)

    def test_the_noise_of_one_connection_is_not_known(self):
        self.assertIsNone(noise_floor([sample(1, 2, 3)]))

    def test_the_noise_of_equal_connections_is_zero(self):
        floor = noise_floor([sample(1, 2, 3)] * 8)
        self.assertAlmostEqual(floor.ks, 0)
        self.assertAlmostEqual(floor.log_w, 0)

    def test_the_noise_of_two_connections_is_their_distance(self):
        floor = noise_floor([sample(1), sample(100)])
        self.assertAlmostEqual(floor.ks, 1)
        self.assertAlmostEqual(floor.log_w, 2)


class OfConnections(unittest.TestCase):
    def test_roles_follow_order_and_direction(self):
        rows = conversation([(UP, 500, 0), (DOWN, 65, 1), (DOWN, 380, 2), (UP, 185, 3), (UP, 185, 4), (DOWN, 65, 5)])
        roles = [role_of(segment) for segment in segments_of(lines(rows))]
        self.assertEqual(roles, ["login", "reply", "job", "submit", "submit", "reply"])

    def test_a_connection_too_short_for_a_verdict_is_left_out(self):
        self.assertEqual(values(["xmrig-plain"], conversation(talk(FEWEST_SEGMENTS)[:-1])), {})
        self.assertEqual(len(values(["xmrig-plain"], conversation(talk(FEWEST_SEGMENTS)))["xmrig-plain"]), 1)

    def test_kinds_that_nobody_asked_for_are_left_out(self):
        self.assertEqual(values(["ssh"], conversation(talk(40))), {})

    def test_the_largest_distance_comes_first(self):
        kinds = {"xmrig-plain": ["theirs"]}
        lab = values(kinds, conversation(talk(40, reply_s=0.01)))
        public = values(["theirs"], *(conversation(talk(40, reply_s=0.1), kind="theirs", port=port) for port in (1, 2)))
        found = compare(lab, public, kinds)
        self.assertEqual([each.quantity for each in found], ["reply time", "gap", "size up", "size down"])
        self.assertAlmostEqual(found[0].distance.log_w, 1, places=3)
        self.assertEqual([each.is_beyond_noise for each in found], [True, True, False, False])
        # 20 replies in each, but for the first: no row has the time of a connection's first segment.
        self.assertEqual((found[0].lab.values, found[0].public.values, found[0].public.connections), (19, 38, 2))

    def test_a_kind_that_one_side_lacks_is_not_compared(self):
        lab = values(["xmrig-plain"], conversation(talk(40)))
        self.assertEqual(compare(lab, {}, {"xmrig-plain": ["xmrig-plain"]}), [])


class TableOfKinds(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "kinds.toml")
            file.write_text(text)
            self.name = str(file)
            return read_public_kinds(file)

    def complains(self, sentence, text):
        with self.assertRaises(LabFailure) as raised:
            self.read(text)
        self.assertEqual(str(raised.exception).removeprefix(f"{self.name}: "), sentence)

    def test_the_projects_own_is_sound(self):
        table = read_public_kinds(ROOT / "lab" / "analysis" / "public_kinds.toml")
        self.assertEqual(table.kinds["coinhive-wss"], ["coinhive-like-ws"])
        coinhive = table.published[0]
        self.assertEqual(coinhive.sizes, {"job": "267", "submit": "199", "reply": "79-81"})

    def test_faults_are_named(self):
        wanted = 'wants a table [kinds] with lines such as: xmrig-plain = ["xmrig-plain"]'
        self.complains(wanted, "")
        self.complains(wanted, "kinds = 1")
        self.complains(wanted, '[kinds]\nssh = "ssh"')
        for fault in ("published = 1", "published = [1]", 'published = [{dialect = "XMRig", lab = ["xmrig-plain"]}]',
                      'published = [{dialect = "XMRig", lab = [], public = [], job = 267}]'):  # fmt: skip
            self.complains(
                "each [[published]] wants texts as dialect and login, job, submit, reply (those that are known), and "
                "lists of names as lab and public",
                f"{fault}\n[kinds]\n",
            )
        self.complains("Expected '=' after a key in a key/value pair (at line 1, column 5)", "ssh ssh")


class Program(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.environment = stand_in(self.folder / "build")

    def rows(self, name, *conversations):
        file = self.folder / name
        file.write_text("\n".join(lines(*conversations)) + "\n")
        return str(file)

    def compare(self, *arguments):
        return subprocess.run(
            [sys.executable, ROOT / "lab" / "compare", *arguments],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    def two_labs(self):
        lab = self.rows("lab.csv", conversation(talk(40, reply_s=0.01)))
        public = self.rows("public.csv", *(conversation(talk(40, reply_s=0.1), port=port) for port in (1, 2)))
        return lab, public

    def test_names_the_worst_at_the_end(self):
        done = self.compare(*self.two_labs())
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        worst = (
            "reply time of xmrig-plain against public xmrig-plain (KS 1.00, log W 1.00; two halves of the public: "
            "0.00, 0.00; medians 0.01 / 0.1)"
        )
        self.assertEqual(
            done.stdout.splitlines()[-1],
            f"2 of 4 distances are larger than the noise. Worst by KS: {worst}; by log W: {worst}.",
        )

    def test_shows_the_published_sizes_beside_the_measured_ones(self):
        said = [line.split() for line in self.compare(*self.two_labs()).stdout.splitlines()]
        self.assertIn(["XMRig", "published", "489-550", "378-442", "185", "65"], said)
        self.assertIn(["lab", "xmrig-plain", "185", "-", "185", "65"], said)

    def test_names_the_commonest_size_where_it_is_not_the_median(self):
        replies = [(DOWN, 60, 0.1)] * 2 + [(DOWN, 70, 0.1)] * 3 + [(DOWN, 80, 0.1)] * 4
        answered = [each for second, (way, length, late) in enumerate(replies)
                    for each in ((UP, 185, float(second)), (way, length, second + late))]  # fmt: skip
        lab = self.rows("lab.csv", conversation(answered))
        said = [line.split() for line in self.compare(lab, lab).stdout.splitlines()]
        self.assertIn(["lab", "xmrig-plain", "185", "-", "185", "70", "(80)"], said)

    def test_says_so_when_all_is_noise(self):
        lab, _ = self.two_labs()
        both = self.rows("both.csv", *(conversation(talk(40, reply_s=0.01), port=port) for port in (1, 2)))
        last = self.compare(lab, both).stdout.splitlines()[-1]
        self.assertEqual(last, "0 of 4 distances are larger than the noise.")

    def test_writes_a_page(self):
        page = self.folder / "page.html"
        done = self.compare(*self.two_labs(), "--html", str(page))
        self.assertEqual(done.returncode, 0)
        self.assertEqual(page.read_text().count("<figure>"), 4)

    def test_faults_are_one_sentence_and_exit_code_1(self):
        lab, public = self.two_labs()
        nowhere = str(self.folder / "nowhere")
        other = self.rows("other.csv", conversation(talk(40), kind="ssh"))
        table = ROOT / "lab" / "analysis" / "public_kinds.toml"
        for sentence, arguments in (
            (f"{nowhere}: there is no such file; check the name", (nowhere, public)),
            (f"{nowhere}: No such file or directory", (lab, public, "--pairs", nowhere)),
            (f"{lab} and {other} have no kinds in common that {table} names", (lab, other)),
            (f"cannot write {self.folder}: Is a directory", (lab, public, "--html", str(self.folder))),
        ):
            with self.subTest(sentence):
                done = self.compare(*arguments)
                self.assertEqual((done.stderr, done.returncode), (f"lab/compare: {sentence}\n", 1))

    def test_of_a_damaged_capture_only_the_damage_is_told(self):
        lab, public = self.two_labs()
        Path(f"{public}.fault").write_text(
            "kanaria: a.pcap: is cut; copy it again\nkanaria: 78 rows of 2 connections\n"
        )
        done = self.compare(lab, public)
        said = (done.returncode, done.stdout, done.stderr)
        self.assertEqual(said, (1, "", "lab/compare: a.pcap: is cut; copy it again\n"))

    def test_wrong_use_is_exit_code_2(self):
        self.assertEqual(self.compare("one.csv").returncode, 2)


if __name__ == "__main__":
    unittest.main()
