# SPDX-License-Identifier: Apache-2.0
"""Sensors and a screen on a real MQTT broker (mosquitto): publications at random times, keep-alive in between."""

import asyncio
import json
import subprocess
import time

from lab.connection_log import BENIGN, Story
from lab.laboratory import Laboratory
from lab.network import Host

_PORT = 1883
_KEEPALIVE_S = "30"
_SENSOR = Story(BENIGN, "mqtt", "lab log: mosquitto_pub to the lab's own mosquitto")
_SCREEN = Story(BENIGN, "mqtt", "lab log: mosquitto_sub on the lab's own mosquitto")


def start_broker(lab: Laboratory, host: Host) -> None:
    configuration = lab.folder / f"mosquitto-{host.name}.conf"
    configuration.write_text(
        f"user root\nlistener {_PORT} {host.ipv4}\nallow_anonymous true\npersistence false\nlog_dest none\n"
        "set_tcp_nodelay true\n"
    )
    lab.start(host, ["mosquitto", "-c", str(configuration)])


async def publish(lab: Laboratory, sensor: Host, broker: Host, mean_gap_s: float) -> None:
    """A reading now and then (QoS 1: each is acknowledged), until cancelled."""
    random = lab.random(f"sensor {sensor.name}")
    command = ["mosquitto_pub", "-h", broker.ipv4, "-k", _KEEPALIVE_S, "-q", "1", "-l", "-i", sensor.name]
    command += ["-t", f"site/{sensor.name}/climate"]
    program, entry = await lab.start_logged(sensor, command, broker, _PORT, _SENSOR, stdin=subprocess.PIPE)
    assert program.stdin
    try:
        while True:
            await asyncio.sleep(random.expovariate(1 / mean_gap_s))
            reading = {
                "t": round(random.gauss(21, 1), 2),
                "h": random.randrange(30, 60),
                "n": random.randrange(10**5),
            }
            program.stdin.write(json.dumps(reading).encode() + b"\n")
            program.stdin.flush()
    finally:
        program.stdin.close()  # it disconnects politely at the end of its input
        await asyncio.sleep(0.5)
        await lab.end(program)
        entry.closed = time.time()


async def subscribe(lab: Laboratory, screen: Host, broker: Host) -> None:
    """Shows all readings, until cancelled."""
    command = [
        "mosquitto_sub",
        "-h",
        broker.ipv4,
        "-k",
        _KEEPALIVE_S,
        "-q",
        "1",
        "-t",
        "site/#",
        "-i",
        screen.name,
    ]
    program, entry = await lab.start_logged(screen, command, broker, _PORT, _SCREEN)
    try:
        await asyncio.Event().wait()
    finally:
        await lab.end(program)
        entry.closed = time.time()
