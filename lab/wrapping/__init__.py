# SPDX-License-Identifier: Apache-2.0
"""What other traffic goes through: Tor, SOCKS5, and streams carried inside other protocols. It neither mines nor not."""
