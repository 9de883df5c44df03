# SPDX-License-Identifier: Apache-2.0
"""A mail program that stays connected to a real Dovecot: IDLE, or NOOP on a clock; new mail is fetched when it comes.

RFC 2177 asks for a new IDLE at least each 29 minutes; programs take 5 to 29, Dovecot says "Still here" each 2.
"""

import asyncio
from random import Random

from lab.activity import Activity, Visit
from lab.benign.imap_client import ImapClient
from lab.benign.imap_server import NEEDS, TLS_PORT, MailServer, open_mail_server
from lab.benign.words import word
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.rhythm import log_uniform

_IDLE_S = (300, 540, 600, 900, 1500, 1740)
_POLLS_S = (30, 60, 60, 120, 180, 300, 600)
_TAGS = (lambda n: str(n), lambda n: f"a{n:03d}", lambda n: f"A{n:04d}", lambda n: f"{n}.{n * 7919 % 1000}")


async def read_mail(visit: Visit) -> None:
    random, server = visit.random, visit.service
    user = f"u{random.getrandbits(40):x}"
    server.mailbox(user, random.randrange(1, 12), random)
    async with visit.dial(server.port, tls=server.port == TLS_PORT) as (reader, writer):
        client = ImapClient(reader, writer, random.choice(_TAGS))
        await _log_in(client, user, random)
        stay = _idle if random.random() < 0.7 else _poll
        try:
            await until_first(stay(visit, client), _arrive(server, user, log_uniform(random, 8, 900), random))
        finally:
            client.leave()
            server.forget(user)


async def _arrive(server: MailServer, user: str, mean_s: float, random: Random) -> None:
    """New mail, often several at a time; not the client's doing, so never slower."""
    while True:
        await asyncio.sleep(random.expovariate(1 / mean_s))
        for _ in range(random.choice((1, 1, 1, 2, 4))):
            server.deliver(user, random)


async def _log_in(client: ImapClient, user: str, random: Random) -> None:
    await client.read_line()  # the greeting
    if random.random() < 0.7:
        await client.command("CAPABILITY")
    await client.command(f"LOGIN {user} {random.getrandbits(48):x}")
    if random.random() < 0.5:
        await client.command(f'ID ("name" "{word(random)}" "version" "{random.randint(1, 130)}.0")')
    for text in ("NAMESPACE", 'LIST "" "*"', 'LIST "" INBOX', "STATUS INBOX (MESSAGES UNSEEN UIDNEXT)"):
        if random.random() < 0.5:
            await client.command(text)
    await client.command("SELECT INBOX")
    if random.random() < 0.7:
        await client.command("UID FETCH 1:* (FLAGS)")


async def _idle(visit: Visit, client: ImapClient) -> None:
    idle_s = visit.random.choice(_IDLE_S)
    while True:
        seen = client.messages
        if await client.idle(idle_s * visit.slowness):
            await visit.pause(visit.random.uniform(0.005, 0.5))
            await _fetch(client, seen, visit.random)


async def _poll(visit: Visit, client: ImapClient) -> None:
    poll_s = visit.random.choice(_POLLS_S)
    while True:
        await visit.pause(poll_s * visit.random.uniform(0.99, 1.03))
        seen = client.messages
        await client.command("NOOP")
        if client.messages > seen:
            await _fetch(client, seen, visit.random)


async def _fetch(client: ImapClient, seen: int, random: Random) -> None:
    """Headers of all new mails; text of most of them; sometimes the flag that says it was read."""
    new = f"{seen + 1}:{client.messages}"
    await client.command(f"FETCH {new} (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Subject Date)])")
    for number in range(seen + 1, client.messages + 1):
        if random.random() < 0.7:
            await client.command(f"FETCH {number} (UID BODY.PEEK[])")
        if random.random() < 0.3:
            await client.command(f"STORE {number} +FLAGS (\\Seen)")


ACTIVITIES = (
    Activity(
        Story(BENIGN, "imap-idle", "lab log: mail program at the lab's own Dovecot"), open_mail_server, read_mail, NEEDS
    ),
)
