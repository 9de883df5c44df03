#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the relative links of Markdown pages lead to a file, and to a heading that is there.

One sentence a violation, exit 1; silent and exit 0 when there is none.
"""

import posixpath
import re
import sys
from urllib.parse import unquote

import tree_check

FENCE = re.compile(r"^ *(```|~~~).*?^ *\1 *$", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\)|^ *\[[^\]]+\]: *(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def blank(match):
    """As many lines as were cut, so that line numbers stay right."""
    return "\n" * match[0].count("\n")


def anchors(text):
    """The anchors that GitHub gives a page's headings."""
    found = set()
    for heading in HEADING.findall(FENCE.sub(blank, text)):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "", heading).lower())
        anchor = base = words.strip().replace(" ", "-")
        repeat = 0
        while anchor in found:
            repeat += 1
            anchor = f"{base}-{repeat}"
        found.add(anchor)
    return found


def violation(pages, files, page, target):
    path, _, anchor = unquote(target).partition("#")
    # "/x" is x from the top of the tree, as the hosting sites read it.
    start = "" if path.startswith("/") else posixpath.dirname(page)
    led_to = posixpath.normpath(posixpath.join(start, path.lstrip("/"))) if path else page
    if led_to not in files and not any(name.startswith(led_to + "/") for name in files):
        return f"links to '{target}', which is not in the tree"
    if anchor and led_to in pages and anchor not in anchors(pages[led_to]):
        return f"links to '{target}', but {led_to} has no such heading"
    return None


def check(root):
    files = set(tree_check.project_files(root))
    pages = {
        name: tree_check.read_text(root, name) or "" for name in files if name.endswith(".md")
    }
    for page, text in sorted(pages.items()):
        prose = INLINE_CODE.sub(blank, FENCE.sub(blank, text))
        for match in LINK.finditer(prose):
            target = match[1] or match[2]
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            said = violation(pages, files, page, target)
            if said:
                yield f"{page}:{prose.count(chr(10), 0, match.start()) + 1} {said}"


CASES = [
    ("links that lead somewhere", {
        "README.md": "# Kanaria\n[map](docs/map.md#where-it-is) [docs](docs/) [top](#kanaria)\n"
        "[web](https://example.org/none) ![drawing](docs/a.png 'A')\n",
        "docs/map.md": "## Where it *is*\n[up](../README.md) [top](/README.md)\n",
        "docs/a.png": ""}, []),
    ("no such file", {"docs/map.md": "Text\n[gone](../gone.md)\n"},
     ["docs/map.md:2 links to '../gone.md', which is not in the tree"]),
    ("no such heading", {"README.md": "# One\n[two](#two)\n"},
     ["README.md:2 links to '#two', but README.md has no such heading"]),
    ("a repeated heading", {"README.md": "# One\n# One\n[a](#one) [b](#one-1) [c](#one-2)\n"},
     ["README.md:3 links to '#one-2', but README.md has no such heading"]),
    ("code is not a link", {"README.md": "```\n[a](b)\n# c\n```\n`[a](b)`\n[c](#c)\n"},
     ["README.md:6 links to '#c', but README.md has no such heading"]),
    ("a reference", {"README.md": "[map]\n\n[map]: docs/map.md\n"},
     ["README.md:3 links to 'docs/map.md', which is not in the tree"]),
]

if __name__ == "__main__":
    sys.exit(tree_check.main(check, CASES))
