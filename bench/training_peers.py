#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What train_epochs.cpp does, by Keras, PyTorch or scikit-learn, in the same words on stdin and stdout.

    training_peers.py keras|torch|sklearn ROWS TRAIN_ROWS

Each library is used as its documentation shows, kindly: rows are standardised beforehand, PyTorch
draws its batches from one tensor instead of a DataLoader. Learning rates and epsilon are Keras
2.1.4's defaults everywhere, so are the initial weights. The first epoch, in which Keras compiles,
is not timed (scikit-learn, which prepares nothing, is timed whole).
"""

import os
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
                 "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[variable] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import logging
import warnings

import numpy as np

warnings.filterwarnings("ignore")  # scikit-learn's, that it did not converge
logging.disable(logging.WARNING)  # TensorFlow's, that another network needs another function

LEARNING_RATES = {"sgd": 0.01, "rmsprop": 0.001, "adagrad": 0.01, "adam": 0.001, "nadam": 0.002}
EPSILON = 1e-7


class Rows:
    def __init__(self, path, learnt):
        rows, inputs = np.fromfile(path, np.uint32, 2)
        values = np.fromfile(path, np.float32, offset=8)
        x, labels = values[: rows * inputs].reshape(rows, inputs), values[rows * inputs :]
        scale = x[:learnt].std(0)
        x = np.clip((x - x[:learnt].mean(0)) / np.where(scale > 0, scale, 1), -5, 5)
        self.x, self.labels = np.ascontiguousarray(x[:learnt]), labels[:learnt].copy()
        self.test_x, self.test_labels = x[learnt:], labels[learnt:]

    def accuracy(self, logits):
        return float(np.mean((logits > 0) == (self.test_labels > 0.5)))


def train_keras(rows, layers, nodes, batch, optimizer, activation, epochs, seed):
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    kinds = {"sgd": keras.optimizers.SGD, "rmsprop": keras.optimizers.RMSprop,
             "adagrad": keras.optimizers.Adagrad, "adam": keras.optimizers.Adam,
             "nadam": keras.optimizers.Nadam}
    options = {} if optimizer == "sgd" else {"epsilon": EPSILON}
    if optimizer == "adagrad":
        options["initial_accumulator_value"] = 0.0
    model = keras.Sequential(
        [keras.Input((rows.x.shape[1],))]
        + [keras.layers.Dense(nodes, activation=activation) for _ in range(layers)]
        + [keras.layers.Dense(1)]
    )
    model.compile(kinds[optimizer](LEARNING_RATES[optimizer], **options),
                  keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(rows.x, rows.labels, batch, epochs=1, verbose=0)
    start = time.process_time()
    history = model.fit(rows.x, rows.labels, batch, epochs=epochs - 1, verbose=0)
    seconds = (time.process_time() - start) / (epochs - 1)
    logits = model.predict(rows.test_x, batch_size=4096, verbose=0)[:, 0]
    return seconds, history.history["loss"][-1], rows.accuracy(logits)


def torch_network(torch, inputs, layers, nodes, activation):
    kinds = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "softsign": torch.nn.Softsign}
    modules = []
    for layer in range(layers):
        modules += [torch.nn.Linear(nodes if layer else inputs, nodes), kinds[activation]()]
    modules.append(torch.nn.Linear(nodes if layers else inputs, 1))
    for module in modules:
        if isinstance(module, torch.nn.Linear):
            torch.nn.init.xavier_uniform_(module.weight)
            torch.nn.init.zeros_(module.bias)
    return torch.nn.Sequential(*modules)


def train_torch(rows, layers, nodes, batch, optimizer, activation, epochs, seed):
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    model = torch_network(torch, rows.x.shape[1], layers, nodes, activation)
    rate = LEARNING_RATES[optimizer]
    parameters = model.parameters()
    step = {
        "sgd": lambda: torch.optim.SGD(parameters, rate),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, rate, alpha=0.9, eps=EPSILON),
        "adagrad": lambda: torch.optim.Adagrad(parameters, rate, eps=EPSILON),
        "adam": lambda: torch.optim.Adam(parameters, rate, eps=EPSILON),
        "nadam": lambda: torch.optim.NAdam(parameters, rate, eps=EPSILON),
    }[optimizer]()
    loss_of = torch.nn.BCEWithLogitsLoss()
    x, labels = torch.from_numpy(rows.x), torch.from_numpy(rows.labels)

    def epoch():
        total = 0.0
        order = torch.randperm(len(x))
        for at in range(0, len(x), batch):
            chosen = order[at : at + batch]
            step.zero_grad()
            loss = loss_of(model(x[chosen])[:, 0], labels[chosen])
            loss.backward()
            step.step()
            total += loss.item() * len(chosen)
        return total / len(x)

    epoch()
    start = time.process_time()
    for _ in range(epochs - 1):
        loss = epoch()
    seconds = (time.process_time() - start) / (epochs - 1)
    with torch.no_grad():
        logits = model(torch.from_numpy(rows.test_x))[:, 0].numpy()
    return seconds, loss, rows.accuracy(logits)


def train_sklearn(rows, layers, nodes, batch, optimizer, activation, epochs, seed):
    from sklearn.neural_network import MLPClassifier

    if optimizer not in ("sgd", "adam") or activation not in ("relu", "tanh"):
        return None
    model = MLPClassifier(
        (nodes,) * layers, activation=activation, solver=optimizer, alpha=0.0, batch_size=batch,
        learning_rate_init=LEARNING_RATES[optimizer], momentum=0.0, max_iter=epochs, tol=0.0,
        n_iter_no_change=epochs + 1, epsilon=EPSILON, random_state=seed,
    )
    start = time.process_time()
    model.fit(rows.x, rows.labels > 0.5)
    seconds = (time.process_time() - start) / epochs
    scores = model.predict_proba(rows.test_x)[:, 1]
    return seconds, model.loss_, rows.accuracy(scores - 0.5)


def main(library, path, learnt):
    rows = Rows(path, int(learnt))
    train = {"keras": train_keras, "torch": train_torch, "sklearn": train_sklearn}[library]
    for line in sys.stdin:
        layers, nodes, batch, optimizer, activation, epochs, seed = line.split()
        answer = train(rows, int(layers), int(nodes), int(batch), optimizer, activation,
                       int(epochs), int(seed))
        print("none" if answer is None else "%.9f %.6f %.6f" % answer, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
