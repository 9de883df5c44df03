#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the ONNX files of this folder with the tools themselves: make_exports.py [FOLDER]

Each is a small MLP trained on the rows that lens `pair` gives of samples/, found by the Python model
of tests/reference (needs tshark). Beside them it writes rows.csv, fixed rows, and logits.csv, the
logits that the tool itself computes of them. What the tools note about the machine (PyTorch: a
stack trace an operator) is left out, nothing else. Made with tensorflow-cpu 2.21.0 (Keras 3.15.1),
tf2onnx 1.17.0, torch 2.15.0, onnxscript 0.7.2, scikit-learn 1.9.1 and skl2onnx 1.20.0."""

import csv
import importlib
import multiprocessing
import sys
from pathlib import Path

import numpy
import onnx

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "tests" / "reference"))

import packets  # noqa: E402
from connections import connections  # noqa: E402
from pairs import pairs  # noqa: E402

TOOLS = ("keras_exports", "torch_exports", "sklearn_exports")
FIXED_ROWS = 24


def labelled_rows():
    """Rows [n, 30] float32 and labels [n], 1 = mining, of samples/."""
    labels = {}
    with open(ROOT / "samples" / "LABELS.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            client = (row["src_ip"], int(row["src_port"]))
            server = (row["dst_ip"], int(row["dst_port"]))
            labels[row["file"], client, server] = float(row["label"] == "mining")
    rows, of_rows = [], []
    for name in sorted({file for file, _, _ in labels}):
        capture = packets.read(ROOT / "samples" / name)
        for connection in connections(capture.packets).connections:
            label = labels[name, connection.client, connection.server]
            of_connection = pairs(connection)
            rows += of_connection
            of_rows += [label] * len(of_connection)
    return numpy.array(rows, "float32"), numpy.array(of_rows, "float32")


def leave_out_traces(file):
    model = onnx.load(file)
    for node in model.graph.node:
        del node.metadata_props[:]
    onnx.save(model, file)


def run_tool(tool, folder, rows, labels, fixed):
    """Name -> the tool's logits of the fixed rows; the files are written into the folder."""
    columns = {}
    for name, model in importlib.import_module(tool).exports(rows, labels):
        file = folder / f"{name}.onnx"
        model.export(str(file))
        leave_out_traces(file)
        print(name, file.stat().st_size, "bytes")
        if not name.startswith("refused-"):
            columns[name] = [f"{logit:.9g}" for logit in model.logits(fixed)]
    return columns


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    rows, labels = labelled_rows()
    fixed = rows[numpy.linspace(0, len(rows) - 1, FIXED_ROWS).astype(int)]
    numpy.savetxt(folder / "rows.csv", fixed, "%.9g", ",")
    columns = {}
    for tool in TOOLS:  # TensorFlow and PyTorch do not bear each other in one process
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            columns |= pool.apply(run_tool, (tool, folder, rows, labels, fixed))
    with open(folder / "logits.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))


if __name__ == "__main__":
    main()
