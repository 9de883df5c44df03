# SPDX-License-Identifier: Apache-2.0
"""Mining protocols: a file for each miner or pool. Shapes are facts of public descriptions, named in each file."""
