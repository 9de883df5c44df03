#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""detect --report: one page without the network, the same however the packets arrive."""

import re
import shutil
import subprocess

from captures import chat, miner, pcap
from kanaria_runs import KanariaRuns, main

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# --no-sandbox: the pages are our own, and the sandbox is refused to root and in most containers.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-background-networking "
    "--window-size=1200,900 --virtual-time-budget=5000 --enable-logging=stderr --dump-dom"
).split()


def mixed():
    packets = []
    for host in range(4):
        packets += miner(f"10.0.0.{host}", port=50000 + host, seed=host)
        packets += chat(f"10.0.1.{host}", port=51000 + host, seed=host)
    return pcap(packets)


MIXED = mixed()


class Report(KanariaRuns):
    def setUp(self):
        super().setUp()
        self.write("a.pcap", MIXED)

    def page(self, *arguments, capture="a.pcap", **more):
        self.runs("detect", "-r", capture, "--report", "r.html", *arguments, **more)
        return self.read("r.html").decode()

    def test_draws_each_connection_that_mines_and_lists_the_others(self):
        text = self.page()
        for host in range(4):
            self.assertIn(f"<h3>10.0.0.{host}:5000{host} mines with 203.0.113.5:3333</h3>", text)
        self.assertEqual(text.count("<figure>"), 4)
        self.assertIn("10.0.1.3:51003", text)

    def test_results_are_told_as_without_it(self):
        for form in ("table", "csv", "eve"):
            plain = self.runs("detect", "-r", "a.pcap", "--format", form, "--all")
            told = self.runs("detect", "-r", "a.pcap", "--format", form, "--all", "--report", "r.html")
            self.assertEqual(told, plain)

    def test_threads_and_stdin_change_nothing_but_the_name(self):
        plain = self.page()
        self.assertEqual(self.page("-j", "3"), plain)
        self.assertEqual(self.page(capture="-", stdin=MIXED).replace("stdin", "a.pcap"), plain)

    def test_asks_nothing_of_the_network(self):
        for target in re.findall(r'(?:src|href)="([^"]*)"', self.page()):
            self.assertTrue(target.startswith("#"), target)

    def test_a_hostile_file_name_stays_text(self):
        name = "<img src=x onerror=alert(1)>.pcap"
        self.write(name, MIXED)
        text = self.page(capture=name)
        self.assertNotIn("<img", text)
        self.assertIn("&lt;img src=x onerror=alert(1)&gt;.pcap", text)

    def test_of_a_damaged_file_tells_what_was_read(self):
        self.write("a.pcap", MIXED[:-7])
        ran = self.run_kanaria("detect", "-r", "a.pcap", "--report", "r.html")
        self.assertEqual(ran.exit_code, 1)
        self.assertIn("mines with", self.read("r.html").decode())

    def test_a_browser_draws_every_chart_and_complains_of_nothing(self):
        if not CHROMIUM:
            self.skipTest("no chromium is installed, so no page was looked at")
        if "var vega" not in self.page():
            self.skipTest("this build has no charts")
        done = subprocess.run(
            [CHROMIUM, *FLAGS, f"--user-data-dir={self.path('profile')}", f"file://{self.path('r.html')}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=100,
        )
        said = [line for line in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line]
        self.assertEqual(said, [], "the browser's console")
        self.assertEqual(len(re.findall("<svg[^>]*marks", done.stdout.decode())), 4)


if __name__ == "__main__":
    main()
