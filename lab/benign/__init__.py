# SPDX-License-Identifier: Apache-2.0
"""Traffic that does not mine: real servers and clients of Debian where they exist, emulators where they do not."""
