# SPDX-License-Identifier: Apache-2.0
"""A real browser, Debian's Chromium without a window, and the pages it is shown."""
