# SPDX-License-Identifier: Apache-2.0
"""Every activity by the name that scenarios and labels use: its kind. A new module is added to the list here."""

from lab.activity import Activity
from lab.benign import (
    amqp,
    bitcoin_peer,
    chat,
    database_stream,
    editing,
    electrum,
    ethereum_node,
    farm,
    fix,
    game,
    grpc,
    http_push,
    iec104,
    kafka,
    language_server,
    notifications,
    opcua,
    plant_polling,
    push_service,
    remote_screen,
    sip,
    telemetry,
    ticker,
    work_queue,
)

_MODULES = (
    amqp,
    bitcoin_peer,
    chat,
    database_stream,
    editing,
    electrum,
    ethereum_node,
    farm,
    fix,
    game,
    grpc,
    http_push,
    iec104,
    kafka,
    language_server,
    notifications,
    opcua,
    plant_polling,
    push_service,
    remote_screen,
    sip,
    telemetry,
    ticker,
    work_queue,
)

ACTIVITIES: dict[str, Activity] = {
    activity.story.kind: activity for module in _MODULES for activity in module.ACTIVITIES
}
