# SPDX-License-Identifier: Apache-2.0
"""A made-up model of lens `rhythm`, small enough to know by heart: equal sizes at long intervals
speak for mining, turn by turn against it. Good for tests only, of which it gives every verdict.
"""

from linear_model import LinearModel
from rhythm import VALUE_NAMES

RHYTHM_MODEL = LinearModel(
    lens="rhythm",
    value_names=VALUE_NAMES,
    weights={"up_near": 10, "gap_p50": 3, "push_equal": 4, "turns": -3},
    bias=-7,
    calibration=[(-8, -6), (-3, -2), (0, -1.5), (2, 1), (4, 4), (6, 20)],
    threshold=3,
)
