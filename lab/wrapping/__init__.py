# SPDX-License-Identifier: Apache-2.0
"""What other traffic goes through, whatever it is: Tor, SOCKS5, and streams carried inside other protocols."""
