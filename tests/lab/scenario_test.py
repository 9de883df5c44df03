#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scenario files: those in the tree hold what they promise, wrong ones are told in a sentence, plans follow the seed."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab.activities import ACTIVITIES  # noqa: E402
from lab.failure import LabFailure  # noqa: E402
from lab.plan import make_plan  # noqa: E402
from lab.scenario import SCENARIOS, load_scenario  # noqa: E402

SOUND = '[[traffic]]\nactivity = "xmrig-plain"\n'


def activities_of(name: str) -> set[str]:
    return {traffic.activity for traffic in load_scenario(name, ACTIVITIES).traffic}


def label(activity: str) -> str:
    return ACTIVITIES[activity].story.label


class Files(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.file = Path(temporary.name) / "mine.toml"

    def load(self, text: str):
        self.file.write_text(text, encoding="utf-8")
        return load_scenario(str(self.file), ACTIVITIES)

    def test_every_scenario_in_the_tree_can_be_read(self):
        for file in SCENARIOS.glob("*.toml"):
            with self.subTest(file.stem):
                self.assertTrue(load_scenario(file.stem, ACTIVITIES).traffic)

    def test_standard_has_every_dialect_that_needs_no_browser_and_ten_of_them_often(self):
        standard = load_scenario("standard", ACTIVITIES)
        dialects = {name for name, each in ACTIVITIES.items() if each.story.label == "mining" and not each.own_namespace}
        self.assertEqual(dialects - activities_of("standard"), set())
        often = {t.activity for t in standard.traffic if label(t.activity) == "mining" and t.clients >= 10}
        self.assertGreaterEqual(len(often), 10)

    def test_standard_has_everything_harmless_that_needs_no_browser(self):
        harmless = {name for name, each in ACTIVITIES.items() if label(name) == "benign" and not each.own_namespace}
        self.assertEqual(harmless - activities_of("standard"), set())

    def test_benign_has_no_miner_and_a_thousand_hosts_each_of_which_does_something(self):
        self.assertEqual({label(name) for name in activities_of("benign")}, {"benign"})
        benign = load_scenario("benign", ACTIVITIES)
        self.assertGreaterEqual(benign.hosts, 1000)
        busy = {session.client for session in make_plan(benign, ACTIVITIES, 1, benign.hosts).sessions}
        self.assertEqual(len(busy), benign.hosts)

    def test_every_shape_of_adversary_is_used_by_miners_and_by_others(self):
        by_shape = {}
        for traffic in load_scenario("adversary", ACTIVITIES).traffic:
            by_shape.setdefault(traffic.shape_name, set()).add(label(traffic.activity))
        self.assertGreaterEqual(len(by_shape), 10)
        self.assertEqual(set(map(frozenset, by_shape.values())), {frozenset({"mining", "benign"})})

    def test_the_cases_of_the_thesis_have_miners_among_ordinary_traffic(self):
        for name in ("malware", "browser", "tenant", "fig41", "smoke"):
            with self.subTest(name):
                self.assertEqual({label(activity) for activity in activities_of(name)}, {"mining", "benign"})

    def test_a_list_of_activities_stands_for_a_table_of_each(self):
        both = self.load('[[traffic]]\nactivity = ["xmrig-plain", "websocket-chat"]\nclients = 3\n')
        self.assertEqual([(t.activity, t.clients) for t in both.traffic], [("xmrig-plain", 3), ("websocket-chat", 3)])

    def test_what_is_wrong_is_told_in_a_sentence(self):
        for text, sentence in {
            "minutes = ": "cannot be read as TOML: Invalid value (at end of document)",
            "minutes = 3": "it needs at least one [[traffic]] table",
            'minutes = "long"\n' + SOUND: "minutes is not a number above 0",
            "minutes = 0\n" + SOUND: "minutes is not a number above 0",
            "minutes = inf\n" + SOUND: "minutes is not a number above 0",
            "minutes = nan\n" + SOUND: "minutes is not a number above 0",
            "hosts = 0\n" + SOUND: "the file: hosts is not a whole number of at least 1",
            'interface = "eth7"\n' + SOUND: "interface is 'eth7', not lan or wan",
            "host = 3\n" + SOUND: "the file: 'host' is not known; it is one of hosts, interface, minutes, shapes, title, traffic",
            '[[traffic]]\nactivity = "xmrigg"': "[[traffic]] 1: there is no activity 'xmrigg'; `lab/run --list` prints them all",
            "[[traffic]]\nclients = 2": "[[traffic]] 1: there is no activity 'None'; `lab/run --list` prints them all",
            SOUND + "clients = 2.5": "[[traffic]] 1: clients is not a whole number of at least 1",
            SOUND + "clients = 21": "[[traffic]] 1: 21 clients are more than the 20 hosts",
            SOUND + "life_s = [9, 3]": "[[traffic]] 1: life_s is not [least, most] in seconds",
            SOUND + "life_s = [0, 3]": "[[traffic]] 1: life_s begins at 0; a visit lasts",
            SOUND + "life_s = [1, 2, 3]": "[[traffic]] 1: life_s is not [least, most] in seconds",
            SOUND + 'shape = "odd"': "[[traffic]] 1: there is no table [shapes.odd]",
            SOUND + "[shapes.odd]\nsplit = 1.5": "[shapes.odd]: split cannot be 1.5",
            SOUND + "[shapes.odd]\npad_up_to = -1": "[shapes.odd]: pad_up_to cannot be -1",
            SOUND + "[shapes.odd]\ntunnel = 1": "[shapes.odd]: tunnel cannot be 1",
            SOUND + "[shapes.odd]\ntunnel = true\ndelay_s = 1": "[shapes.odd]: a tunnel goes with reconnect_s and slowness only",
            '[[traffic]]\nactivity = "ssh-typing"\nshape = "p"\n[shapes.p]\npad_up_to = 9':
                "[[traffic]] 1: the clients of 'ssh-typing' are real programs, which no shape reaches",
        }.items():
            with self.subTest(text), self.assertRaises(LabFailure) as caught:
                self.load(text)
            self.assertEqual(str(caught.exception), f"{self.file}: {sentence}")

    def test_a_name_that_is_no_scenario_is_answered_with_those_that_are(self):
        with self.assertRaisesRegex(LabFailure, "there is no scenario 'smok': it is one of .*smoke.*, or the path of a"):
            load_scenario("smok", ACTIVITIES)


class Plans(unittest.TestCase):
    def setUp(self):
        self.scenario = load_scenario("smoke", ACTIVITIES)

    def plan(self, seed: int = 7, hosts: int = 60):
        return make_plan(self.scenario, ACTIVITIES, seed, hosts)

    def test_the_same_seed_makes_the_same_plan_and_another_seed_another(self):
        self.assertEqual(self.plan(), self.plan())
        self.assertNotEqual(self.plan(), self.plan(seed=8))

    def test_clients_are_scaled_with_the_hosts_and_each_activity_keeps_one(self):
        wanted = sum(traffic.clients for traffic in self.scenario.traffic)
        self.assertEqual(len(self.plan().sessions), wanted)
        self.assertEqual(len(self.plan(hosts=120).sessions), 2 * wanted)
        self.assertEqual(len(self.plan(hosts=2).sessions), len(self.scenario.traffic))

    def test_round_trips_lie_between_1_and_300_ms(self):
        plan = make_plan(load_scenario("benign", ACTIVITIES), ACTIVITIES, 1, 1000)
        clients = [host.route.round_trip_s for host in plan.clients]
        servers = [host.route.round_trip_s for hosts in plan.servers for host in hosts]
        self.assertGreaterEqual(min(clients) + min(servers), 0.001)
        self.assertLessEqual(max(clients) + max(servers), 0.3)
        self.assertGreater(max(clients) + max(servers), 0.2)

    def test_hosts_are_of_many_systems(self):
        self.assertGreaterEqual(len({host.system for host in self.plan().clients}), 5)

    def test_what_needs_a_namespace_of_its_own_gets_a_client_with_one(self):
        plan = make_plan(load_scenario("browser", ACTIVITIES), ACTIVITIES, 1, 40)
        for session in plan.sessions:
            activity = load_scenario("browser", ACTIVITIES).traffic[session.traffic].activity
            if ACTIVITIES[activity].own_namespace:
                self.assertTrue(plan.clients[session.client].own_namespace)


if __name__ == "__main__":
    unittest.main()
