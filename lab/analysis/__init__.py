# SPDX-License-Identifier: Apache-2.0
"""What a labelled capture shows: figures of each kind, a run's report, and how far one capture is from another."""
