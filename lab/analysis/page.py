# SPDX-License-Identifier: Apache-2.0
"""A page for people in the look of the project's own: one file that needs no network (src/report/html_page.h).

Style, scripts and Vega are the files that the build puts into kanaria; docs/adr/007-charts.md tells why those.
"""

import base64
import hashlib
import html
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.programs import built

_ROOT = Path(__file__).resolve().parents[2]
_PARTS = _ROOT / "src/report/page"
_PANELS = Path(__file__).resolve().parent / "panels.json"


@dataclass(frozen=True)
class Column:
    title: str
    is_number: bool = False


@dataclass(frozen=True)
class Axis:
    title: str
    is_log: bool = False
    domain: tuple[float, float] | None = None  # None: that of each panel's values, from 0


@dataclass(frozen=True)
class Panels:
    """Small charts of the same axes, one beside the other; in each a stepped line of (x, y) a series."""

    x: Axis
    y: Axis
    series: Sequence[str]
    panels: Mapping[str, Sequence[Sequence[tuple[float, float]]]]  # title -> points of each series


class Page:
    def __init__(self, title: str, subtitle: str) -> None:
        self._title, self._subtitle = _text(title), _text(subtitle)
        self._body: list[str] = []
        self._has_charts = False

    def heading(self, text: str) -> None:
        anchor = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
        self._body.append(f'<h2 id="{anchor}"><a href="#{anchor}">{_text(text)}</a></h2>')

    def paragraph(self, text: str) -> None:
        self._body.append(f"<p>{_text(text)}</p>")

    def figures(self, figures: Sequence[tuple[str, str, str]]) -> None:
        """Label, value and note of each."""
        self._body.append('<dl class="figures">')
        for label, value, note in figures:
            noted = f'<dd class="note">{_text(note)}</dd>' if note else ""
            self._body.append(f'<div><dt>{_text(label)}</dt><dd class="value">{_text(value)}</dd>{noted}</div>')
        self._body.append("</dl>")

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], caption: str = "") -> None:
        marks = [' class="right"' if column.is_number else "" for column in columns]
        self._body.append('<div class="table" tabindex="0">\n<table>')
        if caption:
            self._body.append(f"<caption>{_text(caption)}</caption>")
        heads = "".join(f'<th scope="col"{mark}>{_text(column.title)}</th>' for mark, column in zip(marks, columns))
        self._body.append(f"<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>")
        for row in rows:
            cells = "".join(f"<td{mark}>{_text(cell)}</td>" for mark, cell in zip(marks, row, strict=True))
            self._body.append(f"<tr>{cells}</tr>")
        self._body.append("</tbody>\n</table>\n</div>")

    def panels(self, chart: Panels, caption: str) -> None:
        self._has_charts = True
        text = _text(f"Charts of {chart.y.title} over {chart.x.title} for {', '.join(chart.panels)}.")
        spec = re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(_specification(chart)))
        self._body.append(f'<figure>\n<div class="chart" role="img" aria-label="{text}"><p>{text}</p></div>')
        self._body.append(f'<script type="application/json">{spec}</script>')
        self._body.append(f"<figcaption>{_text(caption)}</figcaption>\n</figure>")

    def to_html(self) -> str:
        scripts = self._scripts()
        hashes = "".join(" 'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
                         for script in scripts)  # fmt: skip
        policy = (
            f"default-src 'none'; script-src{hashes}; style-src 'unsafe-inline'; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        )
        head = [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">\n<meta name="generator" content="kanaria">',
            f"<title>{self._title}</title>\n<style>\n{_part('page.css')}</style>\n</head>\n<body>",
            f"<header>\n<h1>{self._title}</h1>\n<p>{self._subtitle}</p>\n</header>\n<main>",
        ]
        tail = ["</main>", *(f"<script>{script}</script>" for script in scripts), "</body>\n</html>\n"]
        return "\n".join(head + self._body + tail)

    def _scripts(self) -> list[str]:
        vega = built("kanaria").parent / "src/report/vega.js"  # empty in a build without charts
        drawing = vega.read_text(encoding="utf-8") if self._has_charts and vega.exists() else ""
        return [_part("page.js"), drawing, _part("charts.js")] if drawing else [_part("page.js")]


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")


def _text(text: str) -> str:
    return html.escape(re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "�", text))


def _specification(chart: Panels) -> dict[str, Any]:
    spec = json.loads(_PANELS.read_text(encoding="utf-8"))
    spec["signals"][0]["value"] = {
        "titles": list(chart.panels),
        "names": list(chart.series),
        "x": chart.x.title,
        "y": chart.y.title,
    }
    spec["data"][0]["values"] = [
        {"p": panel, "s": series, "x": x, "y": y}
        for panel, lines in enumerate(chart.panels.values())
        for series, points in enumerate(lines)
        for x, y in points
    ]
    spec["scales"][0]["domain"] = list(range(len(chart.series)))
    if len(chart.series) < 2:
        del spec["legends"]
    panel = spec["marks"][0]
    if chart.x.is_log and chart.x.domain:
        panel["axes"][0]["values"] = _powers_of_ten(*chart.x.domain)
    for scale, axis in zip(panel["scales"], (chart.x, chart.y)):
        if axis.is_log:
            scale["type"] = "log"
        if axis.domain:
            scale["domain"], scale["nice"] = list(axis.domain), False
    return spec


def _powers_of_ten(low: float, high: float) -> list[float]:
    """Within the range; every other one where they are many."""
    powers = list(range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1))
    return [float(f"1e{power}") for power in (powers[::2] if len(powers) > 5 else powers)]
