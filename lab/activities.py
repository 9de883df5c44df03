# SPDX-License-Identifier: Apache-2.0
"""Every activity by the name that scenarios and labels use: its kind. A new module is added to the list here."""

from lab.activity import Activity
from lab.benign import web_chromium, website
from lab.miners import bridged, coinhive, coinhive_browser, webminerpool

_MODULES = (bridged, coinhive, coinhive_browser, webminerpool, web_chromium, website)

ACTIVITIES: dict[str, Activity] = {
    activity.story.kind: activity for module in _MODULES for activity in module.ACTIVITIES
}
