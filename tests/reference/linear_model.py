# SPDX-License-Identifier: Apache-2.0
"""Bytes of a model file of one dense layer and no hidden one, written down from docs/model.md and
onnx.proto (ONNX IR version 8; protobuf's wire format).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

FLOAT = 1  # TensorProto.DataType, AttributeProto.AttributeType
IR_VERSION, OPSET = 8, 13
CLIP = 1000.0


@dataclass(frozen=True)
class LinearModel:
    """logit = bias + the sum of weight * value."""

    lens: str
    value_names: Sequence[str]
    weights: dict[str, float]
    bias: float
    calibration: Sequence[tuple[float, float]]  # (logit, log-odds)
    threshold: float

    def logit(self, values: dict[str, float]) -> float:
        return self.bias + sum(weight * values[name] for name, weight in self.weights.items())

    def onnx(self) -> bytes:
        width = len(self.value_names)
        chain = [
            node("Sub", ["rows", "mean"], "centred"),
            node("Div", ["centred", "scale"], "standardised"),
            node("Clip", ["standardised", "clip_low", "clip_high"], "clipped"),
            node("Gemm", ["clipped", "w1", "b1"], "logit"),
            node("Sigmoid", ["logit"], "score"),
        ]
        constants = [
            tensor("mean", [width], [0.0] * width),
            tensor("scale", [width], [1.0] * width),
            tensor("clip_low", [], [-CLIP]),
            tensor("clip_high", [], [CLIP]),
            tensor("w1", [width, 1], [self.weights.get(name, 0.0) for name in self.value_names]),
            tensor("b1", [1], [self.bias]),
        ]
        graph = b"".join(
            [
                *(part(1, one) for one in chain),
                part(2, b"linear"),
                *(part(5, one) for one in constants),
                part(11, value("rows", width)),
                part(12, value("score", 1)),
                part(12, value("logit", 1)),
            ]
        )
        points = ",".join(f"{logit}:{odds}" for logit, odds in self.calibration)
        metadata = {
            "kanaria.lens": self.lens,
            "kanaria.lens_version": "1",
            "kanaria.value_names": ",".join(self.value_names),
            "kanaria.alarming_logit": "0",
            "kanaria.alarming_share": "0.5",
            "kanaria.calibration_points": points,
            "kanaria.evidence_threshold": str(self.threshold),
        }
        return b"".join(
            [
                number(1, IR_VERSION),
                part(7, graph),
                part(8, number(2, OPSET)),
                *(part(14, entry(key, text)) for key, text in metadata.items()),
            ]
        )


def varint(value_: int) -> bytes:
    """Seven bits a byte, lowest first; the top bit says that more follow."""
    out = b""
    while value_ >= 0x80:
        out += bytes([value_ & 0x7F | 0x80])
        value_ >>= 7
    return out + bytes([value_])


def number(field: int, value_: int) -> bytes:
    return varint(field << 3) + varint(value_)


def part(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def node(operator: str, inputs: Sequence[str], output: str) -> bytes:
    named = b"".join(part(1, name.encode()) for name in inputs)
    return named + part(2, output.encode()) + part(3, output.encode()) + part(4, operator.encode())


def tensor(name: str, shape: Sequence[int], values: Sequence[float]) -> bytes:
    data = struct.pack(f"<{len(values)}f", *values)
    sizes = b"".join(number(1, size) for size in shape)
    return sizes + number(2, FLOAT) + part(8, name.encode()) + part(9, data)


def value(name: str, width: int) -> bytes:
    shape = part(1, part(2, b"N")) + part(1, number(1, width))
    tensor_type = number(1, FLOAT) + part(2, shape)
    return part(1, name.encode()) + part(2, part(1, tensor_type))


def entry(key: str, text: str) -> bytes:
    return part(1, key.encode()) + part(2, text.encode())
