# SPDX-License-Identifier: Apache-2.0
"""What one `kanaria evaluate` measured."""

import csv
from pathlib import Path

from markdown import number, row, share, table


class Result:
    """The measures of one `kanaria evaluate`, as its CSV tells them."""

    def __init__(self, file: Path):
        self.rows = {(row["scope"], row["measure"]): row for row in csv.DictReader(open(file, newline=""))}

    def value(self, scope: str, measure: str, column: str = "value") -> float | None:
        text = self.rows.get((scope, measure), {}).get(column, "")
        return float(text) if text else None

    def count(self, scope: str, measure: str) -> int:
        return int(self.value(scope, measure) or 0)

    def found(self, scope: str = "connections") -> tuple[int, int]:
        hits = self.count(scope, "true positives")
        return hits, hits + self.count(scope, "false negatives")

    def accused(self, scope: str = "connections") -> tuple[int, int]:
        hits = self.count(scope, "false positives")
        return hits, hits + self.count(scope, "true negatives")

    def shares(self, scope: str = "connections") -> list[str]:
        """Miners found and others accused, as cells of a table."""
        return [share(*self.found(scope)), share(*self.accused(scope))]

    def kinds(self, mining: bool) -> dict[str, tuple[int, int, float]]:
        """Kind -> found, connections, hours; of others: accused, connections, hours."""
        of, hits, hours = ("mining connections", "found", "mining hours") if mining else (
            "benign connections", "accused", "benign hours")
        return {scope.removeprefix("kind "):
                (self.count(scope, hits), self.count(scope, of), self.value(scope, hours) or 0)
                for scope, measure in self.rows if scope.startswith("kind ") and measure == of}


def kind_table(result: Result) -> None:
    print()
    table("kind", "miners found", "hours", "after seconds, messages (median)")
    found_alone = [kind for kind, (found, of, _) in result.kinds(True).items() if found == of == 1]
    for kind, (found, of, hours) in result.kinds(True).items():
        if kind in found_alone:
            continue
        waits = (number(result.value("kind " + kind, f"{unit} to alarm, median")) for unit in ("seconds", "messages"))
        row(kind, share(found, of), f"{hours:.1f}", ", ".join(waits))
    if found_alone:
        print(f"\nFound as well, one connection each: {', '.join(found_alone)}.")
    accused = {kind: counts for kind, counts in result.kinds(False).items() if counts[0] > 0}
    quiet = [counts for counts in result.kinds(False).values() if counts[0] == 0]
    print()
    table("kind", "others accused", "hours")
    for kind, (hits, of, hours) in accused.items():
        row(kind, share(hits, of), f"{hours:.1f}")
    row(f"{len(quiet)} further kinds", f"0 of {sum(counts[1] for counts in quiet)}", f"{sum(c[2] for c in quiet):.1f}")
