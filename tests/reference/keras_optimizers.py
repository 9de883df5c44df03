#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The optimizers of Keras 2.1.4 again, slow and obvious, held against what Keras itself computed.

    keras_optimizers.py RECORD     (tests/nn/keras_2_1_4.txt, written by record_keras.py)

A network here is a list of layers, a layer a list of rows of weights, the last row the bias; all
arithmetic is in double, so numbers differ from Keras's by its float32 rounding alone.
"""

import math
import sys

EPSILON = 1e-7
# Float32 rounds a weight below 1 by up to 3e-8 at each of 20 steps.
TOLERANCE = 6e-7

ACTIVATIONS = {
    "relu": (lambda x: max(0.0, x), lambda y: 1.0 if y > 0 else 0.0),
    "tanh": (math.tanh, lambda y: 1 - y * y),
    "softsign": (lambda x: x / (1 + abs(x)), lambda y: (1 - abs(y)) ** 2),
}


class Sgd:
    def step(self, p, g):
        return p - 0.01 * g


class Rmsprop:
    a = 0.0

    def step(self, p, g):
        self.a = 0.9 * self.a + 0.1 * g * g
        return p - 0.001 * g / (math.sqrt(self.a) + EPSILON)


class Adagrad:
    a = 0.0

    def step(self, p, g):
        self.a += g * g
        return p - 0.01 * g / (math.sqrt(self.a) + EPSILON)


class Adam:
    t, m, v = 0, 0.0, 0.0

    def step(self, p, g):
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g * g
        rate = 0.001 * math.sqrt(1 - 0.999**self.t) / (1 - 0.9**self.t)
        return p - rate * self.m / (math.sqrt(self.v) + EPSILON)


class Nadam:
    t, m, v, schedule = 0, 0.0, 0.0, 1.0

    def step(self, p, g):
        self.t += 1
        now = 0.9 * (1 - 0.5 * 0.96 ** (0.004 * self.t))
        after = 0.9 * (1 - 0.5 * 0.96 ** (0.004 * (self.t + 1)))
        self.schedule *= now
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g * g
        g_hat = g / (1 - self.schedule)
        m_hat = self.m / (1 - self.schedule * after)
        v_hat = self.v / (1 - 0.999**self.t)
        return p - 0.002 * ((1 - now) * g_hat + after * m_hat) / (math.sqrt(v_hat) + EPSILON)


OPTIMIZERS = {"sgd": Sgd, "rmsprop": Rmsprop, "adagrad": Adagrad, "adam": Adam, "nadam": Nadam}


def layers_of(values, widths):
    values = iter(values)
    return [
        [[next(values) for _ in range(outputs)] for _ in range(inputs + 1)]
        for inputs, outputs in zip(widths, widths[1:])
    ]


def flat(layers):
    return [value for layer in layers for row in layer for value in row]


def outputs_of(layers, row, activation):
    """Of each layer, the row itself first; the last one is the logit."""
    outputs = [row]
    for layer in layers:
        sums = [sum(x * w for x, w in zip(outputs[-1] + [1.0], column)) for column in zip(*layer)]
        outputs.append(sums if layer is layers[-1] else [activation(x) for x in sums])
    return outputs


def loss_and_gradient(layers, rows, labels, activation):
    """Mean binary cross-entropy, and what it changes by with each weight."""
    function, slope = ACTIVATIONS[activation]
    gradient = [[[0.0] * len(row) for row in layer] for layer in layers]
    loss = 0.0
    for row, label in zip(rows, labels):
        outputs = outputs_of(layers, row, function)
        score = 1 / (1 + math.exp(-outputs[-1][0]))
        loss -= (label * math.log(score) + (1 - label) * math.log(1 - score)) / len(rows)
        delta = [(score - label) / len(rows)]
        for at in reversed(range(len(layers))):
            inputs = outputs[at]
            for i, x in enumerate(inputs + [1.0]):
                for o, d in enumerate(delta):
                    gradient[at][i][o] += x * d
            delta = [
                slope(x) * sum(d * w for d, w in zip(delta, weights))
                for x, weights in zip(inputs, layers[at])
            ]
    return loss, gradient


def read_record(path):
    """Batches, networks, and Glorot's limits: the fields of each line after its word."""
    record = {"net": [], "glorot": []}
    for line in open(path, encoding="ascii"):
        word, *fields = line.split()
        if word == "net":
            record["net"].append({"net": fields, "after": {}})
        elif word == "after":
            record["net"][-1]["after"][int(fields[0])] = [float(field) for field in fields[1:]]
        elif word in ("start", "losses"):
            record["net"][-1][word] = [float(field) for field in fields]
        elif word == "glorot":
            record["glorot"].append([float(field) for field in fields])
        else:
            record[word] = [float(field) for field in fields]
    return record


def batches_of(record, inputs, rows=8):
    x, labels = record["x"], record["labels"]
    row = lambda r: x[r * inputs : (r + 1) * inputs]
    return [
        ([row(r) for r in range(first, first + rows)], labels[first : first + rows])
        for first in range(0, len(labels), rows)
    ]


def largest_difference(one, other):
    assert len(one) == len(other)
    return max(abs(a - b) for a, b in zip(one, other))


def repeat(record, net):
    """The largest difference from what Keras recorded for this network: of weights, of losses."""
    optimizer, activation, *widths = net["net"]
    widths = [int(width) for width in widths]
    batches = batches_of(record, widths[0])
    layers = layers_of(net["start"], widths)
    states = [OPTIMIZERS[optimizer]() for _ in net["start"]]
    worst_weight = worst_loss = 0.0
    for step, expected in enumerate(net["losses"], start=1):
        rows, labels = batches[(step - 1) % len(batches)]
        loss, gradient = loss_and_gradient(layers, rows, labels, activation)
        worst_loss = max(worst_loss, abs(loss - expected))
        moved = [s.step(p, g) for s, p, g in zip(states, flat(layers), flat(gradient))]
        layers = layers_of(moved, widths)
        if step in net["after"]:
            worst_weight = max(worst_weight, largest_difference(moved, net["after"][step]))
    return worst_weight, worst_loss


def main(path):
    record = read_record(path)
    failed = sorted(OPTIMIZERS) != sorted(net["net"][0] for net in record["net"])
    for net in record["net"]:
        weight, loss = repeat(record, net)
        print(f"{' '.join(net['net'])}: weights differ by {weight:.1e}, losses by {loss:.1e}")
        failed |= not max(weight, loss) <= TOLERANCE
    for fan_in, fan_out, limit, largest in record["glorot"]:
        ours = math.sqrt(6 / (fan_in + fan_out))
        print(f"glorot {fan_in:g} {fan_out:g}: limit {ours:.6f}, largest weight {largest:.6f}")
        failed |= not (abs(ours - limit) <= TOLERANCE and 0.9 * ours < largest <= ours)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: keras_optimizers.py RECORD")
    sys.exit(main(sys.argv[1]))
