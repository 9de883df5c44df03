# SPDX-License-Identifier: Apache-2.0
"""A real Dovecot with a mailbox for each client, and mail that arrives in it as a delivery agent would leave it."""

import itertools
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from lab.activity import Place
from lab.benign.real_server import (
    give_to, listen_addresses, own_folder, place_certificate, tls_environment,
)  # fmt: skip
from lab.benign.sizes import Sizes
from lab.benign.words import sentence, word

PORT, TLS_PORT = 143, 993
NEEDS = {"dovecot": "dovecot-imapd"}
_TLS_SHARE = 0.7
_OWNER, _GROUP = "nobody", "nogroup"
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/null
protocols = imap
listen = {listen}
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:~/Maildir
mail_fsync = never
imap_idle_notify_interval = {still_here}
mailbox_idle_check_interval = 30s
first_valid_uid = 1
first_valid_gid = 1
default_process_limit = 2000
default_client_limit = 8000
default_vsz_limit = 1G
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  service_count = 0
  process_min_avail = 1
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service imap {{
  service_count = 0
  client_limit = 40
}}
service stats {{
  chroot =
}}
"""


@dataclass
class MailServer:
    folder: Path
    port: int
    sizes: Sizes  # of mail
    _numbers: itertools.count = field(default_factory=itertools.count)

    def mailbox(self, user: str, mails: int, random: Random) -> None:
        box = self.folder / "mail" / user / "Maildir"
        for part in ("cur", "new", "tmp"):
            (box / part).mkdir(parents=True)
        give_to(_OWNER, box.parent, box, *box.iterdir())
        for _ in range(mails):
            self.deliver(user, random)

    def forget(self, user: str) -> None:
        shutil.rmtree(self.folder / "mail" / user, ignore_errors=True)

    def deliver(self, user: str, random: Random) -> None:
        """maildir(5): written in tmp, then moved to new, where Dovecot is told of it at once (inotify)."""
        box = self.folder / "mail" / user / "Maildir"
        name = f"{1_700_000_000 + next(self._numbers)}.{random.getrandbits(40)}.mx"
        (box / "tmp" / name).write_bytes(_mail(self.sizes.draw(random), random))
        give_to(_OWNER, box / "tmp" / name)
        os.rename(box / "tmp" / name, box / "new" / name)


async def open_mail_server(place: Place) -> MailServer:
    random, folder = place.random, own_folder(place, "dovecot")
    (folder / "mail").mkdir()
    give_to(_OWNER, folder / "mail")
    tls = random.random() < _TLS_SHARE
    certificate = ""
    if tls:
        files = place_certificate(place, folder)
        certificate = f"ssl_cert = <{files.chain}\nssl_key = <{files.key}"
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder,
            listen=", ".join(listen_addresses(place)),
            ssl="yes" if tls else "no",
            certificate=certificate,
            still_here=random.choice(("2 mins", "2 mins", "1 mins", "5 mins", "9 mins")),
            user=_OWNER,
            group=_GROUP,
            port=0 if tls else PORT,
            tls_port=TLS_PORT if tls else 0,
        )
    )
    port = TLS_PORT if tls else PORT
    command = ["dovecot", "-F", "-c", str(configuration)]
    await place.start(port, command, tls=tls, env=tls_environment(place, folder))
    return MailServer(folder, port, Sizes.drawn(random, 1500, 12_000, 100_000, least=900))


def _mail(size: int, random: Random) -> bytes:
    sender, domain = word(random), word(random)
    lines = [f"Return-Path: <{sender}@{domain}.test>", f"Message-ID: <{random.getrandbits(64):x}@{domain}.test>"]
    lines += [f"Received: from mx{n}.{domain}.test by mx.lab.test; Mon, 1 Jan 2024 10:00:00 +0000" for n in range(3)]
    lines += ["DKIM-Signature: v=1; a=rsa-sha256; b=" + random.randbytes(128).hex()]
    lines += [f"From: {sender} <{sender}@{domain}.test>", "To: you@lab.test", f"Subject: {sentence(random, 40, 90)}"]
    head = "\r\n".join([*lines, "Date: Mon, 1 Jan 2024 10:00:00 +0000", "", ""]).encode()
    body = (random.randbytes(36).hex() + "\r\n") * (size // 74 + 1)
    return head + body.encode()[: max(0, size - len(head))]
