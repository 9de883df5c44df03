# SPDX-License-Identifier: Apache-2.0
"""An own certificate authority for the lab's TLS servers, and TLS contexts of servers and clients.

Leaf and intermediate are sent, as public sites do, so the handshake has its usual few kilobytes. Keys live in memory.
"""

import ssl
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.failure import LabFailure

_DAYS = "90"
# openssl/ssl.h, SSL_OP_TLSEXT_PADDING: a ClientHello of 256-511 bytes is padded to 512, as browsers do (RFC 7685).
_PAD_CLIENT_HELLO = 0x10


@dataclass(frozen=True)
class Certificate:
    chain: Path
    key: Path


class Authority:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = folder / "root.pem"
        self._issue("root", "rsa:2048", "CA:TRUE", None)
        self._intermediate = self._issue(
            "intermediate", "rsa:2048", "CA:TRUE", Certificate(self.root, folder / "root.key")
        )

    def certificate(self, name: str) -> Certificate:
        leaf = self._issue(name, "rsa:2048", "CA:FALSE", self._intermediate)
        leaf.chain.write_bytes(leaf.chain.read_bytes() + self._intermediate.chain.read_bytes())
        return leaf

    def _issue(self, name: str, key_kind: str, constraint: str, issuer: Certificate | None) -> Certificate:
        chain, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            key_kind,
            "-nodes",
            "-days",
            _DAYS,
            "-subj",
            f"/CN={name}",
        ]
        command += [
            "-addext",
            f"basicConstraints=critical,{constraint}",
            "-keyout",
            str(key),
            "-out",
            str(chain),
        ]
        if issuer:
            command += ["-CA", str(issuer.chain), "-CAkey", str(issuer.key)]
        if constraint == "CA:FALSE":
            command += ["-addext", f"subjectAltName=DNS:{name}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise LabFailure(f"openssl could not make the certificate of '{name}': {done.stderr.strip()}")
        return Certificate(chain, key)


def server_tls(certificate: Certificate, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    context.maximum_version = newest
    # TLS 1.2 with AES-GCM adds 29 bytes a record, the overhead of the public captures.
    context.set_ciphers("ECDHE+AESGCM")
    return context


def client_tls(root: Path, protocols: Sequence[str] = ()) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(root))
    context.options |= _PAD_CLIENT_HELLO
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context
