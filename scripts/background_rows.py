#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rows that kanaria ships for training: of each kind of some DATA.csv files the first connections,
of each of them rows ever further apart, values rounded to three digits. No file of the corpus belongs here.

    scripts/background_rows.py DATA.csv.zst... models/background.csv.zst
"""

import collections
import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CONNECTIONS_OF_A_KIND = 16
ROWS = {0, 1, 2, 4, 7, 11, 15, 19}  # of a connection, and of each changed copy of it
FIRST_VALUE = "up_share"


def records(path: Path) -> Iterator[list[str]]:
    with subprocess.Popen(["zstd", "-dcqf", str(path)], stdout=subprocess.PIPE) as stream:
        assert stream.stdout is not None
        yield from csv.reader(io.TextIOWrapper(stream.stdout, encoding="utf-8"))


def chosen(path: Path, header: list[str]) -> Iterator[list[str]]:
    values, name, kind, copy = (header.index(column) for column in (FIRST_VALUE, "connection", "kind", "copy"))
    connections: dict[str, set[str]] = collections.defaultdict(set)
    rows: collections.Counter[tuple[str, str]] = collections.Counter()
    for record in records(path):
        of_kind = connections[record[kind]]
        if record == header or (record[name] not in of_kind and len(of_kind) == CONNECTIONS_OF_A_KIND):
            continue
        of_kind.add(record[name])
        row = rows[record[name], record[copy]]
        rows[record[name], record[copy]] += 1
        if row in ROWS:
            record[0] = path.name.split(".")[0]
            yield record[:values] + [f"{float(value):.3g}" for value in record[values:]]


def main() -> int:
    *inputs, output = map(Path, sys.argv[1:])
    header = next(records(inputs[0]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for path in inputs:
        writer.writerows(chosen(path, header))
    subprocess.run(["zstd", "-19", "-qfo", str(output)], input=text.getvalue().encode(), check=True)
    print(f"{output}: {text.getvalue().count(chr(10)) - 1} rows, {output.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
