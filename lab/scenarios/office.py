# SPDX-License-Identifier: Apache-2.0
"""An office in which nothing mines: web pages, a ticker, a chat, somebody on a terminal, sensors, an agent."""

from collections.abc import Coroutine

from lab.benign.chat import chat, serve_chat
from lab.benign.mqtt import publish, start_broker, subscribe
from lab.benign.ssh_typing import start_ssh_server, type_commands
from lab.benign.telemetry import report_metrics, serve_collector
from lab.benign.ticker import serve_ticker, watch_ticker
from lab.benign.website import browse, open_website
from lab.host_system import (
    FREEBSD_SERVER,
    LINUX,
    LINUX_SERVER,
    LOAD_BALANCER,
    MACOS,
    PHONE,
    SENSOR,
    WINDOWS,
    WINDOWS_SERVER,
)
from lab.internet_path import Route
from lab.laboratory import Laboratory
from lab.scenario import later

FILE = "office.pcap.zst"
SECONDS = 10 * 60
INTERFACE = "wan"


async def build(lab: Laboratory) -> list[Coroutine]:
    network = lab.network
    accounting = network.client("accounting", WINDOWS, "10.20.0.11", "2001:db8:20::11")
    reception = network.client("reception", WINDOWS, "10.20.0.14")
    developer = network.client("developer", LINUX, "10.20.0.22", "2001:db8:20::22")
    designer = network.client("designer", MACOS, "10.20.0.25")
    phone = network.client("phone", PHONE, "10.20.0.52")
    door = network.client("door-sensor", SENSOR, "10.20.0.92")
    heating = network.client("heating", SENSOR, "10.20.0.93")

    news = network.server("news", LOAD_BALANCER, "203.0.113.10", "2001:db8:cd::10", route=Route(0.011, 0.0003, 8))
    shop = network.server("shop", WINDOWS_SERVER, "203.0.113.98", route=Route(0.034, 0.001, 13))
    market = network.server("market", LINUX_SERVER, "198.51.100.7", route=Route(0.019, 0.0005, 10))
    talk = network.server("talk", FREEBSD_SERVER, "198.51.100.61", route=Route(0.055, 0.002, 16))
    cloud = network.server("cloud", LINUX_SERVER, "192.0.2.20", route=Route(0.041, 0.001, 12))

    sites = [open_website(lab, news, "news.example"), open_website(lab, shop, "shop.example")]
    await serve_ticker(lab, market, "ticker.example")
    await serve_chat(lab, talk, "chat.example")
    await serve_collector(lab, cloud, "metrics.example")
    start_broker(lab, cloud)
    start_ssh_server(lab, cloud)

    return [
        later(2, watch_ticker, lab, designer, market, "ticker.example"),
        later(5, chat, lab, reception, talk, "chat.example"),
        later(11, chat, lab, phone, talk, "chat.example"),
        later(9, type_commands, lab, developer, cloud),
        later(3, publish, lab, door, cloud, 18),
        later(4, publish, lab, heating, cloud, 45),
        later(6, subscribe, lab, reception, cloud),
        later(1, report_metrics, lab, developer, cloud, "metrics.example", 20),
        later(8, browse, lab, accounting, sites, (90, 190)),
        later(40, browse, lab, designer, sites, (110, 220)),
        later(25, browse, lab, phone, sites, (130, 250)),
    ]
