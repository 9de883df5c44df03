#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""HTML pages in a real browser: every chart is drawn, nothing is complained about, hostile texts stay texts.

The first argument is tests/report's write_sample_page, the second whether charts are built in (1 or 0).
Skipped where no chromium is installed.
"""

import html.parser
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

WRITE_PAGE = os.path.abspath(sys.argv.pop(1))
HAS_CHARTS = sys.argv.pop(1) == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# --no-sandbox: the pages are our own, and the sandbox is refused to root and in most containers.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-background-networking "
    "--window-size=1200,900 --virtual-time-budget=5000 --enable-logging=stderr --dump-dom"
).split()


class Dom(html.parser.HTMLParser):
    """What the browser made of the page: the marks of each chart, the title, the scripts."""

    def __init__(self, text):
        super().__init__()
        self.marks = []  # per chart: kind of mark -> how many
        self.fills = []  # of all marks, in their order
        self.scripts = 0
        self.images = 0
        self.title = ""
        self.sort_buttons = 0
        self.kinds = []  # of the enclosing <g>
        self.in_title = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        classes = (dict(attributes).get("class") or "").split()
        self.in_title = tag == "title"
        self.scripts += tag == "script"
        self.images += tag == "img"
        self.sort_buttons += tag == "button"
        if "chart" in classes:
            self.marks.append({})
        if tag == "g":
            self.kinds.append(next((each for each in classes if each.startswith("mark-")), None))
        elif tag in ("path", "line", "text") and any(self.kinds):
            kind = [each for each in self.kinds if each][-1]
            self.marks[-1][kind] = self.marks[-1].get(kind, 0) + 1
            self.fills.append(dict(attributes).get("fill"))

    def handle_endtag(self, tag):
        self.in_title = False
        if tag == "g":
            self.kinds.pop()

    def handle_data(self, data):
        if self.in_title:
            self.title += data


@unittest.skipUnless(CHROMIUM, "no chromium is installed, so no page was looked at")
class HtmlPage(unittest.TestCase):
    def open(self, name, *more):
        with tempfile.TemporaryDirectory() as folder:
            page = os.path.join(folder, "page.html")
            with open(page, "wb") as file:
                subprocess.run([WRITE_PAGE, name], stdout=file, check=True, timeout=60)
            done = subprocess.run(
                [CHROMIUM, *FLAGS, f"--user-data-dir={folder}/profile", *more, f"file://{page}"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
                timeout=100,
            )
        said = [line for line in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line]
        self.assertEqual(said, [], "the browser's console")
        return Dom(done.stdout.decode())

    @unittest.skipUnless(HAS_CHARTS, "this build has no charts")
    def test_every_chart_is_drawn_with_its_marks(self):
        grids, grid, lines, det, bars, learning, evidence = self.open("sample").marks
        self.assertEqual(grids["mark-rect"], 12 * 28 + 1)  # the last one shows the colours
        self.assertEqual(grid["mark-rect"], 28 + 1)
        self.assertEqual(lines["mark-path"], 672)
        self.assertEqual(det["mark-line"], 3)
        self.assertEqual((bars["mark-rect"], bars["mark-symbol"]), (5, 5))
        self.assertEqual((learning["mark-line"], learning["mark-area"]), (2, 1))
        self.assertEqual(evidence["mark-line"], 1)

    @unittest.skipUnless(HAS_CHARTS, "this build has no charts")
    def test_charts_take_the_colours_of_the_dark_page(self):
        light = self.open("sample")
        dark = self.open("sample", "--blink-settings=preferredColorScheme=0")
        self.assertEqual(light.marks, dark.marks)
        self.assertNotEqual(light.fills, dark.fills)

    def test_tables_can_be_sorted(self):
        self.assertEqual(self.open("sample").sort_buttons, 7)

    def test_hostile_texts_stay_texts(self):
        sample = self.open("sample")
        hostile = self.open("hostile")
        self.assertEqual(hostile.title, "harmless")
        self.assertEqual(hostile.images, 0)
        self.assertEqual(hostile.scripts - len(hostile.marks), sample.scripts - len(sample.marks))
        self.assertEqual(len(hostile.marks), 4)
        if HAS_CHARTS:
            self.assertTrue(all(hostile.marks))


if __name__ == "__main__":
    unittest.main()
