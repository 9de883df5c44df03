# SPDX-License-Identifier: Apache-2.0
"""Comparisons of the lab with public captures as a page: the distances, and both distributions of each."""

from collections.abc import Sequence

from lab.analysis.comparison_text import DISTANCE_COLUMNS, distance_row, worst_text
from lab.analysis.cumulative_plot import SIZES, TIMES, cumulative_panels
from lab.analysis.page import Column, Page
from lab.analysis.two_samples import QUANTITIES, Comparison


def comparison_page(comparisons: Sequence[Comparison]) -> str:
    page = Page("The lab beside public captures", "Sizes, gaps and reply times of the same kinds of traffic.")
    page.paragraph(worst_text(comparisons))
    columns = [Column(title, place >= 3) for place, title in enumerate(DISTANCE_COLUMNS)]
    page.table(
        columns,
        [distance_row(comparison) for comparison in comparisons],
        "Lab / public. KS: largest difference of the cumulative shares; log W: Wasserstein distance of the logarithms "
        "to base 10 (0.30: a factor of 2); noise: the median of two random halves of the public connections.",
    )
    for quantity in QUANTITIES:
        _add_plots(page, quantity, [each for each in comparisons if each.quantity == quantity])
    return page.to_html()


def _add_plots(page: Page, quantity: str, comparisons: Sequence[Comparison]) -> None:
    if not comparisons:
        return
    page.heading(quantity.capitalize())
    pairs = {
        f"{each.lab_kind} | {each.public_kind}": [each.lab.distribution(), each.public.distribution()]
        for each in comparisons
    }
    page.panels(
        cumulative_panels(SIZES if quantity.startswith("size") else TIMES, ("lab", "public"), pairs),
        "Share of the values that are at most so large, each connection with the same weight: the lab's kind | the "
        "public one. KS is the largest vertical distance of the lines. The worst first.",
    )
