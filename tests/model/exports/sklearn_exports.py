# SPDX-License-Identifier: Apache-2.0
"""MLPs that skl2onnx exports of scikit-learn."""

import warnings
from pathlib import Path

from skl2onnx import to_onnx
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

HIDDEN = 8


class ScikitLearn:
    """`options`: as skl2onnx takes them."""

    def __init__(self, rows, labels, activation, *scalers, options=None):
        mlp = MLPClassifier((HIDDEN, HIDDEN), activation=activation, max_iter=100, random_state=1)
        self.pipeline = make_pipeline(*scalers, mlp)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.pipeline.fit(rows, labels.astype(int))
        self.options = {"zipmap": False} if options is None else options
        self.rows = rows

    def export(self, path):
        model = to_onnx(self.pipeline, self.rows[:1], options={id(self.pipeline): self.options})
        Path(path).write_bytes(model.SerializeToString())

    def logits(self, rows):
        *scalers, (_, mlp) = self.pipeline.steps
        x = rows.astype("float64")
        for _, scaler in scalers:
            x = scaler.transform(x)
        mlp.out_activation_ = "identity"
        logits = mlp._forward_pass_fast(x, check_input=False)[:, 0]
        mlp.out_activation_ = "logistic"
        return logits


def exports(rows, labels):
    """Names and models; those named refused-… are not to be taken."""
    standard = StandardScaler()
    yield "sklearn-relu-unscaled", ScikitLearn(rows, labels, "relu")
    yield "sklearn-tanh-standard", ScikitLearn(rows, labels, "tanh", standard)
    yield "sklearn-relu-minmax", ScikitLearn(rows, labels, "relu", MinMaxScaler())
    yield "refused-sklearn-logistic", ScikitLearn(rows, labels, "logistic", standard)
    yield "refused-sklearn-zipmap", ScikitLearn(rows, labels, "relu", standard, options={})
