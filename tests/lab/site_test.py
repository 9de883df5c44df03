#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generated web sites: what their pages name is there, in the lengths and numbers of public page archives."""

import re
import statistics
import sys
import tempfile
import unittest
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab.benign.site import PARTIES, draw_site, party_name, write_site  # noqa: E402

SITES = 200


def drawn(seed):
    return draw_site(f"site{seed}.example", Random(seed))


class SiteTest(unittest.TestCase):
    def test_each_object_of_a_page_is_named_by_it_and_is_a_file_of_its_length(self):
        with tempfile.TemporaryDirectory() as folder:
            site, root = drawn(1), Path(folder)
            write_site(root, site)
            for page in site.pages:
                html = (root / page.path).read_text(encoding="utf-8")
                named = re.findall(r"https://([^/\"]+)/([^\"')]+)", html)
                self.assertLessEqual({(found.host, found.path) for found in page.objects}, set(named))
                for found in page.objects:
                    self.assertEqual((root / found.path).stat().st_size, found.length)

    def test_objects_come_from_the_site_or_from_hosts_that_serve_many(self):
        parties = {party_name(number) for number in range(PARTIES)}
        hosts = {found.host for page in drawn(1).pages for found in page.objects}
        self.assertLessEqual(hosts, parties | {"site1.example"})
        self.assertIn("site1.example", hosts)

    def test_one_seed_makes_one_site(self):
        self.assertEqual(drawn(7), drawn(7))
        self.assertNotEqual(drawn(7).pages[0].objects[0].length, drawn(8).pages[0].objects[0].length)

    def test_first_pages_have_the_requests_and_bytes_that_archives_count(self):
        """HTTP Archive's desktop medians: some 70 requests, 2.3 MB, a dozen hosts."""
        pages = [drawn(number).pages[0] for number in range(SITES)]
        requests = statistics.median(len(page.objects) + 1 for page in pages)
        megabytes = statistics.median(sum(found.length for found in page.objects) / 1e6 for page in pages)
        hosts = statistics.median(len({found.host for found in page.objects}) for page in pages)
        self.assertTrue(55 <= requests <= 85, requests)
        self.assertTrue(1.2 <= megabytes <= 3.0, megabytes)
        self.assertTrue(7 <= hosts <= 14, hosts)


if __name__ == "__main__":
    unittest.main()
