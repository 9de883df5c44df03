# SPDX-License-Identifier: Apache-2.0
"""Markdown, and figures as they stand in it."""

LEAST_CONNECTIONS = 10  # below it no rate is told


def share(hits: int, cases: int) -> str:
    rate = f" ({hits / cases:.3f})" if cases >= LEAST_CONNECTIONS else ""
    return f"{hits} of {cases}{rate}"


def number(value: float | None, form: str = ".0f") -> str:
    return "–" if value is None else format(value, form)


def heading(text: str) -> None:
    print(f"\n## {text}\n")


def table(*columns: str) -> None:
    print(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")


def row(*cells) -> None:
    print(f"| {' | '.join(map(str, cells))} |")
