# SPDX-License-Identifier: Apache-2.0
"""Draws that span orders of magnitude."""

import math
from random import Random


def log_uniform(random: Random, least: float, most: float) -> float:
    """Each factor of two is as likely as the next one."""
    return math.exp(random.uniform(math.log(least), math.log(most)))
