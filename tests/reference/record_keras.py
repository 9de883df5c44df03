#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records what Keras 2.1.4 itself computes, for keras_optimizers.py and tests/nn/keras_test.cpp.

Run by hand; CI only reads what it wrote:

    python3.6 -m venv keras214
    keras214/bin/pip install -U 'pip<22'
    keras214/bin/pip install tensorflow==1.5.0 keras==2.1.4 'h5py<3' 'numpy<1.17'
    keras214/bin/python tests/reference/record_keras.py > tests/nn/keras_2_1_4.txt

Each network starts from the same weights and takes STEPS steps of train_on_batch with binary
cross-entropy of a sigmoid. Keras on TensorFlow 1 does not order a layer's update and the gradients
of the layers before it, which read that layer's weights: one step of RMSprop moved weights by up to
5e-4 otherwise than its rule says. Here all gradients are there before the first update. The file is lines of a word and what it names, numbers as %.9g, which is
every bit of a float32:

    x VALUES         the batches: [batch][row][input]
    labels VALUES    [batch][row]; step 1 takes batch 0, the step after the last batch the first one
    net OPTIMIZER ACTIVATION INPUTS WIDTH... 1
    start VALUES     for each layer the kernel [inputs][outputs], then the bias [outputs]
    losses VALUES    of each step, before its update
    after STEP VALUES
    glorot INPUTS OUTPUTS LIMIT LARGEST   sqrt(6 / (in + out)), largest weight of glorot_uniform
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np
import tensorflow as tf
from keras import backend, optimizers
from keras.initializers import glorot_uniform
from keras.layers import Dense
from keras.models import Sequential

INPUTS, ROWS, BATCHES, STEPS = 4, 8, 3, 20
SHOWN = (1, 2, 5, 10, 20)
NETS = {
    "sgd": ("relu", (5, 3)),
    "rmsprop": ("relu", (5, 3)),
    "adagrad": ("tanh", (5, 3)),
    "adam": ("softsign", (5, 3)),
    "nadam": ("tanh", (5, 3)),
}


def put(word, *values):
    fields = [word]
    for value in values:
        if isinstance(value, np.ndarray):
            fields += ["%.9g" % number for number in value.astype(np.float32).ravel()]
        else:
            fields.append(str(value))
    print(" ".join(fields))


def network(activation, widths):
    layers = [Dense(widths[0], activation=activation, input_shape=(INPUTS,))]
    layers += [Dense(width, activation=activation) for width in widths[1:]]
    return Sequential(layers + [Dense(1, activation="sigmoid")])


def gated(optimizer):
    """The optimizer of that name, made to wait for all gradients."""
    instance = optimizers.get(optimizer)
    gradients = instance.get_gradients
    instance.get_gradients = lambda loss, params: tf.tuple(gradients(loss, params))
    return instance


def record(optimizer, activation, widths, x, labels):
    backend.clear_session()
    # One thread: Keras orders neither the reading of `iterations` nor the operation that counts it up.
    backend.set_session(
        tf.Session(
            config=tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
        )
    )
    random = np.random.RandomState(7)
    model = network(activation, widths)
    model.compile(gated(optimizer), "binary_crossentropy")
    model.set_weights([random.uniform(-0.8, 0.8, w.shape) for w in model.get_weights()])
    put("net", optimizer, activation, INPUTS, *(widths + (1,)))
    put("start", *model.get_weights())
    losses = []
    after = {}
    for step in range(1, STEPS + 1):
        batch = (step - 1) % BATCHES
        losses.append(model.train_on_batch(x[batch], labels[batch]))
        if step in SHOWN:
            after[step] = model.get_weights()
    put("losses", np.array(losses))
    for step in SHOWN:
        put("after", step, *after[step])


def main():
    random = np.random.RandomState(3)
    x = random.uniform(-2, 2, (BATCHES, ROWS, INPUTS)).astype(np.float32)
    labels = (x[:, :, 0] + x[:, :, 1] * x[:, :, 2] > 0).astype(np.float32)
    put("x", x)
    put("labels", labels)
    for optimizer, (activation, widths) in NETS.items():
        record(optimizer, activation, widths, x, labels)
    for fan_in, fan_out in ((18, 40), (40, 40), (40, 1)):
        weights = backend.eval(glorot_uniform(seed=1)((fan_in, fan_out)))
        put("glorot", fan_in, fan_out, np.array(np.sqrt(6.0 / (fan_in + fan_out))),
            np.abs(weights).max())


if __name__ == "__main__":
    sys.exit(main())
