# SPDX-License-Identifier: Apache-2.0
"""Every activity by the name that scenarios and labels use: its kind. A new module is added to the list here."""

from lab.activity import Activity
from lab.benign import dns_over_tls, download, http_api, imap_idle, irc, mqtt, postgres, redis, ssh_transfer, ssh_typing, xmpp

_MODULES = (
    dns_over_tls,
    download,
    http_api,
    imap_idle,
    irc,
    mqtt,
    postgres,
    redis,
    ssh_transfer,
    ssh_typing,
    xmpp,
)

ACTIVITIES: dict[str, Activity] = {
    activity.story.kind: activity for module in _MODULES for activity in module.ACTIVITIES
}
