# SPDX-License-Identifier: Apache-2.0
"""One scenario a file: FILE, SECONDS, INTERFACE and `build(lab)`, which sets up hosts and returns what they do."""
