# SPDX-License-Identifier: Apache-2.0
"""Which captures a comparison takes: of samples/, made-up ones, those named, and those of the
corpus (environment variable KANARIA_CORPUS).
"""

import argparse
import itertools
import os
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def root() -> Path | None:
    folder = os.environ.get("KANARIA_CORPUS")
    return Path(folder) if folder else None


def mining(root_: Path) -> list[Path]:
    return captures_in(root_ / "mining")


def captures_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if ".pcap" in path.name)


def spread(root_: Path, with_odd: bool) -> list[Path]:
    """Captures so ordered that any first N come from as many sources as can be: mining, odd (link
    layers, tunnels and damage) and each folder of benign.
    """
    folders = [root_ / "mining", *([root_ / "odd"] if with_odd else [])]
    folders += sorted((root_ / "benign").iterdir())
    rounds = itertools.zip_longest(*(captures_in(folder) for folder in folders))
    return [path for round_ in rounds for path in round_ if path is not None]


def write(captures: dict[str, bytes], folder: Path) -> list[Path]:
    """The captures, by name, as files of `folder`."""
    files = []
    for name, content in captures.items():
        files.append(folder / f"{name}.pcap")
        files[-1].write_bytes(content)
    return files


def add_choice(parser: argparse.ArgumentParser) -> None:
    """The arguments that `chosen` goes by."""
    parser.add_argument(
        "--corpus",
        metavar="N|all",
        type=number_or_all,
        help="also so many captures of KANARIA_CORPUS",
    )
    parser.add_argument("files", metavar="FILE", type=Path, nargs="*")


def number_or_all(text: str) -> str:
    if text != "all" and not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is neither a number nor 'all'")
    return text


def chosen(arguments: argparse.Namespace, made_up: list[Path]) -> list[Path]:
    """All of samples/, `made_up`, and what the arguments ask for."""
    samples = sorted(SAMPLES.glob("*.pcap*"))
    return samples + made_up + arguments.files + of_corpus(arguments.corpus)


def of_corpus(wanted: str | None) -> list[Path]:
    if wanted is None:
        return []
    folder = root()
    if folder is None:
        print("KANARIA_CORPUS is not set: no corpus file is compared.")
        return []
    files = spread(folder, with_odd=True)
    return files if wanted == "all" else files[: int(wanted)]
