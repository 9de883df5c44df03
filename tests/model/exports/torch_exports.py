# SPDX-License-Identifier: Apache-2.0
"""MLPs that PyTorch exports, by its exporter of today (dynamo) and the one before it (legacy)."""

import numpy
import torch

HIDDEN = 8


class Scaled(torch.nn.Module):
    """(x - mean) / deviation, as people write it into their module."""

    def __init__(self, rows):
        super().__init__()
        self.register_buffer("mean", torch.tensor(rows.mean(axis=0)))
        self.register_buffer("deviation", torch.tensor(numpy.maximum(rows.std(axis=0), 1e-3)))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Squeeze(torch.nn.Module):
    """[n, 1] -> [n], as people write it to compare with labels."""

    def forward(self, x):
        return x.squeeze(-1)


class Torch:
    """One PyTorch module: `end` is what stands behind the last dense layer."""

    def __init__(self, rows, labels, activation, outputs, end, exporter, scaled=True):
        torch.manual_seed(1)
        self.exporter, self.inputs = exporter, rows.shape[1]
        layers = [Scaled(rows)] if scaled else []
        layers += [torch.nn.Linear(rows.shape[1], HIDDEN), activation, torch.nn.Dropout(0.1)]
        layers += [torch.nn.Linear(HIDDEN, HIDDEN), activation, torch.nn.Linear(HIDDEN, outputs)]
        self.net = torch.nn.Sequential(*layers)
        self.whole = torch.nn.Sequential(self.net, end)
        x, y = torch.tensor(rows), torch.tensor(labels)
        adam = torch.optim.Adam(self.net.parameters(), 0.01)
        for _ in range(300):
            adam.zero_grad()
            logits = self.net(x)
            logit = logits[:, 0] if outputs == 1 else logits[:, 1] - logits[:, 0]
            torch.nn.functional.binary_cross_entropy_with_logits(logit, y).backward()
            adam.step()
        self.whole.eval()

    def export(self, path):
        example = (torch.zeros(2, self.inputs),)
        if self.exporter == "legacy":
            torch.onnx.export(self.whole, example, path, dynamo=False, dynamic_axes={"x": {0: "n"}}, input_names=["x"])
            return
        shapes = ({0: torch.export.Dim("n")},)
        torch.onnx.export(
            self.whole, example, path, dynamo=True, dynamic_shapes=shapes, external_data=False, verbose=False
        )

    def logits(self, rows):
        with torch.no_grad():
            logits = self.net(torch.tensor(rows)).numpy()
        return logits[:, 0] if logits.shape[1] == 1 else logits[:, 1] - logits[:, 0]


def exports(rows, labels):
    """Names and models; those named refused-… are not to be taken."""
    relu, tanh, softsign = torch.nn.ReLU(), torch.nn.Tanh(), torch.nn.Softsign()
    sigmoid, softmax, as_it_is = torch.nn.Sigmoid(), torch.nn.Softmax(dim=1), torch.nn.Identity()
    yield "torch-relu-sigmoid", Torch(rows, labels, relu, 1, sigmoid, "dynamo")
    yield "torch-tanh-softmax", Torch(rows, labels, tanh, 2, softmax, "dynamo")
    yield "torch-softsign-squeezed-unscaled", Torch(rows, labels, softsign, 1, Squeeze(), "dynamo", scaled=False)
    yield "torch-legacy-softsign-sigmoid", Torch(rows, labels, softsign, 1, sigmoid, "legacy")
    yield "torch-legacy-relu-two-logits", Torch(rows, labels, relu, 2, as_it_is, "legacy")
    yield "torch-legacy-tanh-squeezed", Torch(rows, labels, tanh, 1, Squeeze(), "legacy")
    yield "refused-torch-leaky-relu", Torch(rows, labels, torch.nn.LeakyReLU(), 1, sigmoid, "legacy")
