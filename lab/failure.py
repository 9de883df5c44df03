# SPDX-License-Identifier: Apache-2.0
"""The one exception the lab raises on purpose; its text is the sentence the user reads."""


class LabFailure(Exception):
    pass
