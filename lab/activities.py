# SPDX-License-Identifier: Apache-2.0
"""Every activity by the name that scenarios and labels use: its kind. A new module is added to the list here."""

from lab.activity import Activity
from lab.miners import btc_stratum, equihash, eth_proxy, eth_stratum, eth_stratum2, kaspa, kawpow

_MODULES = (
    btc_stratum,
    equihash,
    eth_proxy,
    eth_stratum,
    eth_stratum2,
    kaspa,
    kawpow,
)

ACTIVITIES: dict[str, Activity] = {
    activity.story.kind: activity for module in _MODULES for activity in module.ACTIVITIES
}
