#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds kanaria's logits and scores against ONNX Runtime's: onnxruntime_agreement.py DUMP_LOGITS WRITE_SAMPLES MODEL...

Exit: 0 all agree, 1 some do not, 77 onnxruntime or numpy is missing."""

import glob
import os
import subprocess
import sys
import tempfile

try:
    import numpy
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed (pip install onnxruntime numpy)")
    sys.exit(77)

ROWS = 4000
LOGIT_TOLERANCE = 1e-4  # times max(1, |logit|); docs/model.md
SCORE_TOLERANCE = 1e-5


def kanaria_rows(dump_logits, model, simd):
    environment = dict(os.environ, KANARIA_SIMD=simd)
    dumped = subprocess.run(
        [dump_logits, model, str(ROWS), "1"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    if dumped.returncode != 0:
        return None, dumped.stderr.decode().strip()
    table = numpy.frombuffer(dumped.stdout, dtype="<f4").reshape(ROWS, -1)
    return table, None


def disagreement(dump_logits, model, simd):
    """Largest difference as a share of what is tolerated, of logits and of scores."""
    table, fault = kanaria_rows(dump_logits, model, simd)
    if table is None:
        return fault
    rows, logit, score = table[:, :-2], table[:, -2], table[:, -1]
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    their_logit, their_score = session.run(["logit", "score"], {name: numpy.ascontiguousarray(rows)})
    assert their_logit.shape == (ROWS, 1), their_logit.shape
    logit_error = numpy.abs(logit - their_logit[:, 0]) / (LOGIT_TOLERANCE * numpy.maximum(1, numpy.abs(logit)))
    score_error = numpy.abs(score - their_score[:, 0]) / SCORE_TOLERANCE
    return float(logit_error.max()), float(score_error.max())


def main():
    dump_logits, write_samples, *models = sys.argv[1:]
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([write_samples, folder], check=True)
        for model in models + sorted(glob.glob(f"{folder}/*.onnx")):
            for simd in ("baseline", "v3"):
                found = disagreement(dump_logits, model, simd)
                if isinstance(found, str):
                    missing_set = found.startswith("KANARIA_SIMD is")
                    print(f"{os.path.basename(model)} {simd}: {'skipped: ' if missing_set else ''}{found}")
                    failed |= not missing_set
                    continue
                logit_error, score_error = found
                agrees = max(found) <= 1
                failed |= not agrees
                print(
                    f"{os.path.basename(model)} {simd}: {'agrees' if agrees else 'DISAGREES'}; "
                    f"logit {logit_error:.3f}, score {score_error:.3f} of the tolerance"
                )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
