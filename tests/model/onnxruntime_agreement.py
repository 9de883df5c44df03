#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds kanaria's logits and scores against ONNX Runtime's: onnxruntime_agreement.py DUMP_LOGITS WRITE_SAMPLES MODEL...

Held are the models named, those that WRITE_SAMPLES writes, and the exports of other tools beside this script.

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

EXPORTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exports")
ROWS = 4000
LOGIT_TOLERANCE = 1e-4  # times max(1, |logit|); docs/model.md
SCORE_TOLERANCE = 1e-5
OWN_SPREAD = 30  # standard deviations from the mean: far beyond the clip, where sums are largest
EXPORT_SPREAD = 5  # without a clip nothing bounds the sums, nor the rounding they cancel to


def is_export(model):
    return os.path.dirname(model) == EXPORTS


def kanaria_rows(dump_logits, model, simd):
    environment = dict(os.environ, KANARIA_SIMD=simd)
    dumped = subprocess.run(
        [dump_logits, model, str(ROWS), "1", str(EXPORT_SPREAD if is_export(model) else OWN_SPREAD)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    if dumped.returncode != 0:
        return None, dumped.stderr.decode().strip()
    table = numpy.frombuffer(dumped.stdout, dtype="<f4").reshape(ROWS, -1)
    return table, None


def logits_and_scores(model, rows):
    """What ONNX Runtime makes of the rows; either is None where the file's output does not tell it exactly."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    inputs = {session.get_inputs()[0].name: numpy.ascontiguousarray(rows)}
    names = [output.name for output in session.get_outputs()]
    if not is_export(model):
        score, logit = session.run(["score", "logit"], inputs)
        assert logit.shape == (ROWS, 1), logit.shape
        return logit[:, 0], score[:, 0]
    output = session.run(names[-1:], inputs)[0]
    if "logit" in os.path.basename(model) or "squeezed" in os.path.basename(model):
        return (output[:, 1] - output[:, 0] if output.ndim == 2 else output), None
    return None, output[:, -1]


def disagreement(dump_logits, model, simd):
    """Largest difference as a share of what is tolerated, of logits and of scores."""
    table, fault = kanaria_rows(dump_logits, model, simd)
    if table is None:
        return fault
    rows, logit, score = table[:, :-2], table[:, -2], table[:, -1]
    their_logit, their_score = logits_and_scores(model, rows)
    logit_error = score_error = 0.0
    logit_tolerance = LOGIT_TOLERANCE * numpy.maximum(1, numpy.abs(logit))
    score_tolerance = SCORE_TOLERANCE
    if their_logit is not None:
        logit_error = float((numpy.abs(logit - their_logit) / logit_tolerance).max())
    elif their_score is not None:  # the bound of the logit, as it shows in the score
        score_tolerance = numpy.maximum(SCORE_TOLERANCE, logit_tolerance * score * (1 - score))
    if their_score is not None:
        score_error = float((numpy.abs(score - their_score) / score_tolerance).max())
    return logit_error, score_error


def main():
    dump_logits, write_samples, *models = sys.argv[1:]
    models += sorted(set(glob.glob(f"{EXPORTS}/*.onnx")) - set(glob.glob(f"{EXPORTS}/refused-*.onnx")))
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([write_samples, folder], check=True)
        for model in models + sorted(glob.glob(f"{folder}/*.onnx")):
            for simd in ("baseline", "v3", "v4"):
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
