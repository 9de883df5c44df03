# SPDX-License-Identifier: Apache-2.0
"""MLPs that Keras exports, by Model.export(format="onnx")."""

import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import keras  # noqa: E402
import numpy  # noqa: E402

HIDDEN = 8


class Keras:
    def __init__(self, rows, labels, activation, outputs, scaling="rescaling"):
        keras.utils.set_random_seed(1)
        layers = [keras.Input((rows.shape[1],))]
        if scaling == "rescaling":
            factor = 1 / numpy.maximum(rows.std(axis=0), 1e-3)
            layers.append(keras.layers.Rescaling(factor, -rows.mean(axis=0) * factor))
        elif scaling == "normalization":
            layers.append(keras.layers.Normalization())
            layers[-1].adapt(rows)
        layers += [keras.layers.Dense(HIDDEN, activation), keras.layers.Dropout(0.1)]
        layers += [keras.layers.Dense(HIDDEN, activation), keras.layers.Dense(outputs, name="logits")]
        layers.append(keras.layers.Activation("sigmoid" if outputs == 1 else "softmax"))
        self.model = keras.Sequential(layers)
        self.before_end = keras.Model(self.model.inputs, self.model.get_layer("logits").output)
        loss = "binary_crossentropy" if outputs == 1 else "sparse_categorical_crossentropy"
        self.model.compile(keras.optimizers.Adam(0.01), loss)
        self.model.fit(rows, labels, batch_size=128, epochs=5, verbose=0)

    def export(self, path):
        self.model.export(path, format="onnx", verbose=False)

    def logits(self, rows):
        logits = self.before_end.predict(rows, verbose=0)
        return logits[:, 0] if logits.shape[1] == 1 else logits[:, 1] - logits[:, 0]


def exports(rows, labels):
    """Names and models; those named refused-… are not to be taken."""
    yield "keras-relu-sigmoid", Keras(rows, labels, "relu", 1)
    yield "keras-softsign-sigmoid", Keras(rows, labels, "softsign", 1)
    yield "keras-tanh-softmax-unscaled", Keras(rows, labels, "tanh", 2, scaling=None)
    # Keras 3.15 leaves the means and deviations of this layer open, as inputs of the graph.
    normalized = Keras(rows, labels, "relu", 1, scaling="normalization")
    yield "refused-keras-normalization", normalized
    yield "refused-keras-elu", Keras(rows, labels, "elu", 1)
