# SPDX-License-Identifier: Apache-2.0
"""Parts of the rows that every fold learns from."""

import csv
import subprocess
from collections.abc import Callable
from pathlib import Path

from background_rows import records
from runs import Detection


def is_generated(one: dict[str, str]) -> bool:
    return one.get("source", "").startswith("generator")


def background_rows(d: Detection, keep: Callable[[dict[str, str]], bool]) -> list[Path]:
    """The given background's rows that are to be kept; files that hold none are left out, as kanaria refuses them."""
    files = []
    for data in d.options.background:
        path = d.folder / f"background-{len(list(d.folder.glob('background-*')))}.csv.zst"
        rows = records(data)
        header = next(rows, [])
        kept = 0
        with subprocess.Popen(["zstd", "-1", "-qfo", path], stdin=subprocess.PIPE, text=True) as packed:
            writer = csv.writer(packed.stdin, lineterminator="\n")
            writer.writerow(header)
            for record in rows:
                if keep(dict(zip(header, record))):
                    writer.writerow(record)
                    kept += 1
        files += [path] if kept else []
    return files
