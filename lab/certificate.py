# SPDX-License-Identifier: Apache-2.0
"""An own certificate authority for the lab's TLS servers, and TLS contexts of servers and clients.

Leaf and intermediate are sent, as public sites do, so the handshake has its usual few kilobytes. Keys live in memory.
"""

import ssl
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.failure import LabFailure

_DAYS = "90"
# openssl/ssl.h, SSL_OP_TLSEXT_PADDING: a ClientHello of 256-511 bytes is padded to 512, as browsers do (RFC 7685).
_PAD_CLIENT_HELLO = 0x10
_RSA = ("rsa:2048",)
_ECDSA = ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


@dataclass(frozen=True)
class TlsStyle:
    """What a server agrees to. Overhead a record: AES-GCM of TLS 1.2 29 bytes, ChaCha20 of it 21, TLS 1.3 22."""

    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ciphers: str = "ECDHE+AESGCM"

    @staticmethod
    def drawn(random: Random) -> "TlsStyle":
        newest = ssl.TLSVersion.TLSv1_2 if random.random() < 0.4 else ssl.TLSVersion.TLSv1_3
        return TlsStyle(newest, random.choice(("ECDHE+AESGCM", "ECDHE+AESGCM", "ECDHE+CHACHA20")))


@dataclass(frozen=True)
class Certificate:
    chain: Path
    key: Path


class Authority:
    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._seed = folder, seed
        self.root = folder / "root.pem"
        self._issued: dict[str, Certificate] = {}
        self._issue("root", _RSA, "CA:TRUE", None)
        self._intermediate = self._issue("intermediate", _RSA, "CA:TRUE", Certificate(self.root, folder / "root.key"))
        self.intermediate = self._intermediate.chain

    def certificate(self, name: str) -> Certificate:
        """Of RSA or ECDSA by the name's own draw, issued once."""
        if name not in self._issued:
            leaf = self._issue(name, Random(f"{self._seed}/{name}").choice((_RSA, _ECDSA)), "CA:FALSE", self._intermediate)
            leaf.chain.write_bytes(leaf.chain.read_bytes() + self._intermediate.chain.read_bytes())
            self._issued[name] = leaf
        return self._issued[name]

    def _issue(self, name: str, key_kind: Sequence[str], constraint: str, issuer: Certificate | None) -> Certificate:
        chain, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        command = ["openssl", "req", "-x509", "-newkey", *key_kind, "-nodes", "-days", _DAYS, "-subj", f"/CN={name}"]
        command += ["-addext", f"basicConstraints=critical,{constraint}", "-keyout", str(key), "-out", str(chain)]
        if issuer:
            command += ["-CA", str(issuer.chain), "-CAkey", str(issuer.key)]
        if constraint == "CA:FALSE":
            command += ["-addext", f"subjectAltName=DNS:{name}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise LabFailure(f"openssl could not make the certificate of '{name}': {done.stderr.strip()}")
        return Certificate(chain, key)


def server_tls(certificate: Certificate, style: TlsStyle, protocols: Sequence[str] = ()) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    context.maximum_version = style.newest
    context.set_ciphers(style.ciphers)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


_client_contexts: dict[tuple[Path, tuple[str, ...]], ssl.SSLContext] = {}


def client_tls(root: Path, protocols: Sequence[str] = ()) -> ssl.SSLContext:
    """One context for each list of protocols: a thousand clients share it."""
    key = (root, tuple(protocols))
    if key not in _client_contexts:
        context = ssl.create_default_context(cafile=str(root))
        context.options |= _PAD_CLIENT_HELLO
        if protocols:
            context.set_alpn_protocols(list(protocols))
        _client_contexts[key] = context
    return _client_contexts[key]
