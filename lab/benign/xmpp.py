# SPDX-License-Identifier: Apache-2.0
"""XMPP (RFC 6120, 6121) on a real Prosody, in clear text or direct TLS (XEP-0368) by the place's draw.

Presence, messages with chat states (XEP-0085) and receipts (XEP-0184), roster and discovery at the start; then white
space (RFC 6120 §4.6.1), pings (XEP-0199) or acknowledgements (XEP-0198) keep the stream alive.
"""

import asyncio
import base64
import re
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.real_server import (
    Company, as_user, dial_locally, give_to, listen_addresses, own_folder, place_certificate, tls_environment,
)  # fmt: skip
from lab.benign.words import sentence, word
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.rhythm import log_uniform

_PORT, _TLS_PORT = 5222, 5223
_TLS_SHARE = 0.6
_USERS = 400
_FRIENDS = 3
_USER = "prosody"
_CONFIGURATION = """
pidfile = "{folder}/pid"
data_path = "{folder}/data"
log = {{ error = "/dev/null" }}
interfaces = {{ {interfaces} }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{ {tls_ports} }}
s2s_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
modules_enabled = {{ "roster", "saslauth", "disco", "ping", "time", "version", "carbons", "smacks"{tls_module} }}
modules_disabled = {{ "s2s", "posix", "offline" }}
authentication = "internal_plain"
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
{certificate}
VirtualHost "{domain}"
"""
_END_OF_FEATURES = re.compile(rb"</stream:features>")
_STANZA_END = re.compile(rb"</(?:message|iq|presence)>|<(?:iq|presence|a|r|enabled)\b[^>]*/>")


@dataclass
class ChatServer:
    port: int
    company: list[Company]
    next_user: int = _FRIENDS

    def user(self) -> str:
        self.next_user += 1
        return f"u{self.next_user % _USERS}"


async def open_chat(place: Place) -> ChatServer:
    random, folder = place.random, own_folder(place, "prosody", _USER)
    tls = random.random() < _TLS_SHARE
    certificate = ""
    if tls:
        files = place_certificate(place, folder, _USER)
        certificate = f'ssl = {{ certificate = "{files.chain}", key = "{files.key}" }}'
    configuration = folder / "prosody.cfg.lua"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder,
            interfaces=", ".join(f'"{address}"' for address in listen_addresses(place)),
            port=_PORT,
            tls_ports=_TLS_PORT if tls else "",
            tls_module=', "tls"' if tls else "",
            certificate=certificate,
            domain=place.name,
        )
    )
    accounts = folder / "data" / _file_name(place.name) / "accounts"
    accounts.mkdir(parents=True)
    for number in range(_USERS):
        (accounts / f"u{number}.dat").write_text('return { ["password"] = "secret" };')
    give_to(_USER, configuration, *folder.rglob("data"), *(folder / "data").rglob("*"))
    port = _TLS_PORT if tls else _PORT
    command = [*as_user(_USER), "prosody", "-F", "--config", str(configuration)]
    await place.start(port, command, tls=tls, env=tls_environment(place, folder), cwd=folder)
    server = ChatServer(port, [])
    for number in range(_FRIENDS):
        server.company.append(Company.of(_friend(place, number)))
    return server


def _file_name(text: str) -> str:
    """As Prosody's datamanager writes it."""
    return re.sub(r"[^A-Za-z0-9]", lambda found: f"%{ord(found[0]):02x}", text)


class _Stream:
    """A logged-in XML stream; stanzas are told apart by their ends, which is enough where only the lab speaks."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, domain: str, random: Random
    ) -> None:
        self._reader, self._writer, self.domain, self._random = reader, writer, domain, random
        self._unread = b""
        self.handled = 0
        self.address = ""

    def send(self, xml: str) -> None:
        self._writer.write(xml.encode())

    async def log_in(self, user: str, resource: str) -> None:
        self._open()
        await self._until(_END_OF_FEATURES)
        plain = base64.b64encode(f"\0{user}\0secret".encode()).decode()
        self.send(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>")
        await self._until(re.compile(rb"<success[^>]*>"))
        self._open()
        await self._until(_END_OF_FEATURES)
        bind = f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{resource}</resource></bind>"
        self.ask("set", bind)
        bound = await self.stanza()
        self.address = bound.split(b"<jid>")[1].split(b"</jid>")[0].decode()

    def ask(self, type_: str, payload: str, to: str = "") -> None:
        target = f" to='{to}'" if to else ""
        self.send(f"<iq type='{type_}' id='{self._random.getrandbits(48):x}'{target}>{payload}</iq>")

    def say(self, to: str, text: str, receipt: bool) -> None:
        wanted = "<request xmlns='urn:xmpp:receipts'/>" if receipt else ""
        active = "<active xmlns='http://jabber.org/protocol/chatstates'/>"
        id_ = f"{self._random.getrandbits(64):x}"
        self.send(f"<message type='chat' to='{to}' id='{id_}'><body>{text}</body>{active}{wanted}</message>")

    def compose(self, to: str) -> None:
        state = "<composing xmlns='http://jabber.org/protocol/chatstates'/>"
        self.send(f"<message type='chat' to='{to}'>{state}</message>")

    async def stanza(self) -> bytes:
        """The next one. Requests for acknowledgement, pings and receipts are answered here."""
        stanza = (await self._until(_STANZA_END)).lstrip()
        if stanza.startswith(b"<r "):
            self.send(f"<a xmlns='urn:xmpp:sm:3' h='{self.handled}'/>")
        elif stanza.startswith(b"<enabled"):
            self.handled = 0  # XEP-0198 §4: counted from here on
        elif not stanza.startswith(b"<a "):
            self.handled += 1
        if b"urn:xmpp:receipts" in stanza and b"<request" in stanza:
            received = f"<received xmlns='urn:xmpp:receipts' id='{_attribute(stanza, b'id')}'/>"
            self.send(f"<message to='{_attribute(stanza, b'from')}'>{received}</message>")
        return stanza

    def leave(self) -> None:
        self.send("<presence type='unavailable'/></stream:stream>")

    def _open(self) -> None:
        self.send(
            f"<?xml version='1.0'?><stream:stream to='{self.domain}' version='1.0' xml:lang='en'"
            " xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
        )

    async def _until(self, end: re.Pattern[bytes]) -> bytes:
        while not (found := end.search(self._unread)):
            data = await self._reader.read(65536)
            if not data:
                raise ConnectionError("the XMPP server closed the stream")
            self._unread += data
        read, self._unread = self._unread[: found.end()], self._unread[found.end() :]
        return read


def _attribute(stanza: bytes, name: bytes) -> str:
    """Of the stanza's own tag."""
    found = re.search(rb"\s" + name + rb"=['\"]([^'\"]*)", stanza[: stanza.find(b">")])
    return found[1].decode() if found else ""


async def _friend(place: Place, number: int) -> None:
    """Answers whoever talks to them, now at once, now later, and changes presence now and then."""
    random = place.lab.random(f"friend {number} at {place.name}")
    known: set[str] = set()
    async with dial_locally(place, _PORT) as (reader, writer):
        stream = _Stream(reader, writer, place.name, random)
        await stream.log_in(f"u{number}", "friend")
        stream.send("<presence/>")

        async def answer(to: str) -> None:
            await asyncio.sleep(random.expovariate(1 / 6))
            stream.compose(to)
            text = sentence(random)
            await asyncio.sleep(0.15 * len(text) * random.uniform(0.3, 1))
            stream.say(to, text, random.random() < 0.5)

        async def receive() -> None:
            answers: set[asyncio.Task] = set()
            while True:
                stanza = await stream.stanza()
                if stanza.startswith(b"<message") and (sender := _attribute(stanza, b"from")):
                    known.add(sender)
                    if b"<body>" in stanza and random.random() < 0.7:
                        answers.add(asyncio.create_task(answer(sender)))
                answers = {task for task in answers if not task.done()}

        async def change_presence() -> None:
            while True:
                await asyncio.sleep(random.expovariate(1 / 60))
                show = random.choice(("<show>away</show>", "<show>dnd</show><status>busy</status>", ""))
                for address in sorted(known)[-40:]:
                    stream.send(f"<presence to='{address}'>{show}</presence>")
                if random.random() < 0.3 and known:
                    await answer(random.choice(sorted(known)))

        await until_first(receive(), change_presence())


@dataclass(frozen=True)
class _Habits:
    talks_s: float
    keepalive: str  # space, ping or ack
    keepalive_s: float
    receipts: bool

    @staticmethod
    def drawn(random: Random) -> "_Habits":
        period_s = random.choice((20, 30, 45, 60, 60, 90, 120, 180, 300))
        kind = random.choice(("space", "space", "ping", "ack"))
        return _Habits(log_uniform(random, 10, 1200), kind, period_s, random.random() < 0.5)


async def chat(visit: Visit) -> None:
    random, server = visit.random, visit.service
    habits = _Habits.drawn(random)
    async with visit.dial(server.port, tls=server.port == _TLS_PORT) as (reader, writer):
        stream = _Stream(reader, writer, visit.place.name, random)
        await stream.log_in(server.user(), f"{word(random)}.{random.getrandbits(32):x}")
        _introduce(stream, habits, random)

        async def receive() -> None:
            while True:
                await stream.stanza()

        try:
            await until_first(receive(), _talk(visit, stream, habits), _stay_alive(visit, stream, habits))
        finally:
            stream.leave()


def _introduce(stream: _Stream, habits: _Habits, random: Random) -> None:
    stream.ask("get", "<query xmlns='jabber:iq:roster'/>")
    if random.random() < 0.7:
        stream.ask("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>", stream.domain)
    if random.random() < 0.5:
        stream.ask("set", "<enable xmlns='urn:xmpp:carbons:2'/>")
    if habits.keepalive == "ack":
        stream.send("<enable xmlns='urn:xmpp:sm:3'/>")
    node = base64.b64encode(random.randbytes(20)).decode()
    stream.send(
        f"<presence><priority>{random.randrange(20)}</priority><c xmlns='http://jabber.org/protocol/caps'"
        f" hash='sha-1' node='https://{word(random)}.example' ver='{node}'/></presence>"
    )


async def _talk(visit: Visit, stream: _Stream, habits: _Habits) -> None:
    random = visit.random
    friend = f"u{random.randrange(_FRIENDS)}@{stream.domain}/friend"
    while True:
        await visit.pause(random.expovariate(1 / habits.talks_s))
        for _ in range(random.choice((1, 1, 2, 5))):
            text = sentence(random)
            stream.compose(friend)
            await visit.pause(0.15 * len(text) * random.uniform(0.3, 1))
            stream.say(friend, text, habits.receipts)
            await visit.pause(random.expovariate(1 / 6))


async def _stay_alive(visit: Visit, stream: _Stream, habits: _Habits) -> None:
    while True:
        await visit.pause(habits.keepalive_s)
        if habits.keepalive == "space":
            stream.send(" ")
        elif habits.keepalive == "ping":
            stream.ask("get", "<ping xmlns='urn:xmpp:ping'/>", stream.domain)
        else:
            stream.send("<r xmlns='urn:xmpp:sm:3'/>")


ACTIVITIES = (
    Activity(
        Story(BENIGN, "xmpp-chat", "lab log: XMPP client at the lab's own Prosody"),
        open_chat,
        chat,
        {"prosody": "prosody", "setpriv": "util-linux"},
    ),
)
