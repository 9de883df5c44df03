#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's charts in a real browser: each panel has its lines, nothing is complained about.

Needs the project's build (KANARIA_BUILD) with charts, and chromium; otherwise it is skipped.
"""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from lab.failure import LabFailure
from lab.analysis.page import Axis, Page, Panels
from lab.programs import built

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# --no-sandbox: the pages are our own, and the sandbox is refused to root and in most containers.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-background-networking "
    "--window-size=1200,900 --virtual-time-budget=5000 --enable-logging=stderr --dump-dom"
).split()


def has_charts():
    try:
        vega = built("kanaria").parent / "src/report/vega.js"
    except LabFailure:
        return False
    return vega.exists() and vega.stat().st_size > 0


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
@unittest.skipUnless(has_charts(), "there is no build with charts")
class Drawn(unittest.TestCase):
    def test_each_panel_has_a_line_a_series_and_its_title(self):
        page = Page("Sizes", "of a test")
        lines = [[(1.0, 0.0), (199.0, 0.5), (20000.0, 1.0)], [(1.0, 0.0), (81.0, 1.0)]]
        hostile = "</script><img src=x onerror=alert(1)>"
        panels = {"coinhive-wss": lines, "ssh": lines[::-1], hostile: lines}
        bytes_ = Axis("bytes", is_log=True, domain=(1.0, 20000.0))
        page.panels(Panels(bytes_, Axis("share", domain=(0.0, 1.0)), ("up", "down"), panels), "")
        page.panels(Panels(Axis("minutes"), Axis("connections"), ("live",), {"all": [[(0.0, 1.0), (9.0, 3.0)]]}), "")
        dom, said = self.opened(page)
        self.assertNotIn("CONSOLE", said)
        drawn = [re.findall(r' d="([^"]+)"', line) for line in re.findall(r'<g class="mark-line[^>]*>(.*?)</g>', dom)]
        self.assertEqual([len(paths) for paths in drawn], [1] * 7)
        first, ssh, last = drawn[:2], drawn[2:4], drawn[4:6]
        self.assertEqual((first, first), (ssh[::-1], last))
        for title in ("coinhive-wss", "ssh", "all", "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"):
            self.assertRegex(dom, rf"<text [^>]*>{re.escape(title)}</text>")
        self.assertNotIn("<img", dom)

    def opened(self, page):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "page.html")
            file.write_text(page.to_html(), encoding="utf-8")
            command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder}/profile", file.as_uri()]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100)
        return done.stdout, done.stderr


if __name__ == "__main__":
    unittest.main()
