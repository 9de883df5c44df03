# SPDX-License-Identifier: Apache-2.0
"""Every activity by the name that scenarios and labels use: its kind. A new module is added to the list here."""

from lab.activity import Activity
from lab.miners import hidden_miner, polling_bot, tor_circuit, xmr_stak, xmrig_pools, xmrig_proxy, xmrig_solo

_MODULES = (
    xmrig_pools,
    xmr_stak,
    xmrig_solo,
    xmrig_proxy,
    hidden_miner,
    polling_bot,
    tor_circuit,
)

ACTIVITIES: dict[str, Activity] = {
    activity.story.kind: activity for module in _MODULES for activity in module.ACTIVITIES
}
