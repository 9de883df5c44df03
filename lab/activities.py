# SPDX-License-Identifier: Apache-2.0
"""Every activity by the name that scenarios and labels use: its kind. A new module is added to the list here."""

from lab.activity import Activity
from lab.benign import sip, amqp, kafka, database_stream, fix, grpc, http_push, bitcoin_peer, electrum, ethereum_node, language_server, chat, editing, farm, game, notifications, telemetry, ticker, work_queue

_MODULES = (sip, amqp, kafka, database_stream, fix, grpc, http_push, bitcoin_peer, electrum, ethereum_node, language_server, chat, editing, farm, game, notifications, telemetry, ticker, work_queue)

ACTIVITIES: dict[str, Activity] = {
    activity.story.kind: activity for module in _MODULES for activity in module.ACTIVITIES
}
