#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lab/run from its words to its files: what it writes, what it says when it cannot, and that it leaves nothing behind.

Needs root and /dev/net/tun for the runs; what only reads words is tested without.
"""

import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from lab.labels import captured_connections  # noqa: E402
from lab.needs import missing  # noqa: E402

MOST_WAIT_S = 60
LEAST_CAPTURED_BYTES = 1000  # more than a pcap's head
SCENARIO = """
title = "Three kinds"
minutes = 0.1
hosts = 8
[shapes.padded]
pad_up_to = 64
[[traffic]]
activity = ["xmrig-plain", "job-queue"]
clients = 3
start_s = [0, 1]
[[traffic]]
activity = "websocket-chat"
clients = 2
start_s = [0, 1]
life_s = [1, 2]
pause_s = [0, 0.5]
shape = "padded"
"""


def lab_run(*words: object, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "lab" / "run"), *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=3 * MOST_WAIT_S, check=False, **options
    )


def descendants(process: int) -> set[int]:
    found, waiting = set(), [process]
    while waiting:
        try:
            children = Path(f"/proc/{waiting.pop()}/task")
            for task in children.iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
        found.update(waiting)
    return found


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def wait_until(what, sentence: str) -> None:
    deadline = time.monotonic() + MOST_WAIT_S
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(sentence)
        time.sleep(0.05)


class InFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.scenario, self.out = self.folder / "three.toml", self.folder / "out"
        self.scenario.write_text(SCENARIO, encoding="utf-8")


class Words(InFolder):
    def test_faults_are_one_sentence(self):
        for words, code, sentence in (
            ((), 2, "it takes a scenario and a folder, such as 'lab/run smoke /tmp/smoke' (see --help)"),
            (("smoke",), 2, "it takes a scenario and a folder, such as 'lab/run smoke /tmp/smoke' (see --help)"),
            (("/no/such.toml", self.out), 1, "there is no scenario '/no/such.toml': it is one of "),
        ):
            with self.subTest(words):
                done = lab_run(*words)
                self.assertEqual(done.returncode, code)
                self.assertTrue(done.stderr.startswith(f"lab/run: {sentence}"), done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)

    def test_numbers_that_are_none_are_refused(self):
        for words in (("--hosts", "0"), ("--minutes", "-1"), ("--minutes", "inf"), ("--seed", "x")):
            self.assertEqual(lab_run("smoke", self.out, *words).returncode, 2)

    def test_the_plan_of_a_seed_is_always_the_same_and_needs_nothing_of_the_machine(self):
        first, second = (lab_run(self.scenario, "--plan", "--seed", 3).stdout for _ in range(2))
        self.assertEqual(first, second)
        self.assertIn("session job-queue of host", first)

    def test_the_list_names_scenarios_and_activities(self):
        listed = lab_run("--list").stdout
        self.assertIn("\n  smoke ", listed)
        self.assertIn("\n  mining  xmrig-tls ", listed)


class Machines(unittest.TestCase):
    def test_what_the_machine_lacks_is_told_in_a_sentence(self):
        with mock.patch("os.geteuid", return_value=1000):
            self.assertEqual(
                missing({}), "needs root to make network namespaces and to capture in them; run it with sudo"
            )
        with mock.patch("os.geteuid", return_value=0), mock.patch("os.path.exists", return_value=False):
            self.assertIn("needs the device /dev/net/tun", missing({}))
        with (
            mock.patch("os.geteuid", return_value=0),
            mock.patch("os.path.exists", return_value=True),
            mock.patch("shutil.which", side_effect=lambda name: None if name == "chromium" else f"/usr/bin/{name}"),
        ):
            self.assertIsNone(missing({}))
            self.assertIn("needs 'chromium'; install with: apt-get install", missing({"chromium": "chromium"}))


@unittest.skipIf(missing({}), f"the lab {missing({})}")
class Runs(InFolder):
    def begin(self, minutes: float) -> tuple[subprocess.Popen, set[int]]:
        """A run whose clients are at work, and its processes."""
        command = [sys.executable, ROOT / "lab" / "run", self.scenario, self.out, "--minutes", str(minutes)]
        program = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert program.stderr
        self.addCleanup(program.stderr.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        while "live connections" not in (said := program.stderr.readline()):
            self.assertTrue(said, "the run ended before it began")
        processes = descendants(program.pid)
        captures = [Path(f"/proc/{process}/root/run/kanaria-lab/raw.pcap") for process in processes]
        wait_until(
            lambda: any(file.exists() and file.stat().st_size > LEAST_CAPTURED_BYTES for file in captures),
            "no packet was captured",
        )
        return program, processes

    def test_a_run_leaves_a_capture_with_a_label_for_each_connection_and_a_report(self):
        done = lab_run(self.scenario, self.out, "--full")
        self.assertEqual(done.returncode, 0, done.stderr)
        files = {file.name for file in self.out.iterdir()}
        self.assertEqual(files, {"capture.pcapng", "full.pcap", "LABELS.csv", "report.html"})
        labels = list(csv.DictReader((self.out / "LABELS.csv").read_text(encoding="utf-8").splitlines()))
        found = {row.tuple: row for row in captured_connections(self.out / "capture.pcapng")}
        self.assertEqual(len(labels), len(found))
        for row in labels:
            connection = found[row["src_ip"], int(row["src_port"]), row["dst_ip"], int(row["dst_port"])]
            self.assertEqual((row["start"], row["end"]), (connection.start, connection.end))
        kinds = {(row["label"], row["kind"]) for row in labels}
        self.assertEqual(kinds, {("mining", "xmrig-plain"), ("benign", "job-queue"), ("benign", "websocket-chat")})
        self.assertFalse(Path("/run/kanaria-lab").exists())

    def test_ctrl_c_while_hosts_are_set_up_writes_nothing(self):
        command = [sys.executable, str(ROOT / "lab" / "run"), str(self.scenario), str(self.out)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as program:
            assert program.stderr
            while "setting up" not in program.stderr.readline():
                pass
            program.send_signal(signal.SIGINT)
            _, said = program.communicate(timeout=MOST_WAIT_S)
        self.assertEqual(said, "lab/run: interrupted; nothing was written\n")
        self.assertEqual(program.returncode, 130)
        self.assertFalse(self.out.exists())

    def test_ctrl_c_ends_a_run_early_and_writes_it_in_place_of_an_earlier_one(self):
        self.out.mkdir()
        (self.out / "full.pcap").write_text("an earlier run's")
        program, processes = self.begin(minutes=30)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=MOST_WAIT_S)
        self.assertEqual(program.returncode, 130)
        files = {file.name for file in self.out.iterdir()}
        self.assertEqual(files, {"capture.pcapng", "LABELS.csv", "report.html"})
        wait_until(lambda: not any(map(alive, processes)), "processes were left behind")

    def test_a_second_signal_writes_nothing(self):
        program, processes = self.begin(minutes=30)
        program.send_signal(signal.SIGTERM)
        assert program.stderr
        while "once more" not in program.stderr.readline():
            pass
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=MOST_WAIT_S)
        self.assertEqual(program.returncode, 130)
        self.assertFalse(self.out.exists())
        wait_until(lambda: not any(map(alive, processes)), "processes were left behind")

    def test_a_killed_run_leaves_nothing_behind(self):
        program, processes = self.begin(minutes=30)
        self.assertGreaterEqual(len(processes), 3)  # the lab itself, the path, tcpdump
        program.kill()
        wait_until(lambda: not any(map(alive, processes)), "processes were left behind")
        self.assertFalse(self.out.exists())
        self.assertFalse(Path("/run/kanaria-lab").exists())


if __name__ == "__main__":
    unittest.main()
