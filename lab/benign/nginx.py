# SPDX-License-Identifier: Apache-2.0
"""A real nginx before a folder of files of given sizes, HTTP/1.1 in clear text or TLS.

Directives: nginx's documentation; what operators choose is drawn around its defaults.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.activity import Place, Visit
from lab.benign.real_server import listen_addresses, own_folder
from lab.failure import LabFailure
from lab.http_message import HttpMessage, http_bytes, read_head

PORT, TLS_PORT = 80, 443
NEEDS = {"nginx": "nginx-light"}

_CONFIGURATION = """
user root; worker_processes 1; daemon off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 2048; }}
http {{
  access_log off; tcp_nodelay on; server_tokens {tokens}; keepalive_timeout {keep_s}; keepalive_requests {requests};
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  {types}
  server {{
    {listen}
    {tls}
    {server}
  }}
}}
"""
# POST is answered as GET.
_FILES = """
    root {folder}/files; sendfile on; limit_rate {rate};
    {headers}
    error_page 405 =200 $uri;
"""
_KEEPALIVES_S = (15, 30, 60, 65, 75, 75, 120, 300, 3600)
_REQUESTS = (100, 1000, 1000, 10000)
_HEADERS = (
    ("Cache-Control", "no-cache"), ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"), ("Access-Control-Allow-Origin", "*"), ("X-Frame-Options", "DENY"),
    ("Vary", "Accept-Encoding, Origin"), ("X-Request-Id", "$request_id"), ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'self'; img-src *; object-src 'none'; frame-ancestors 'none'"),
)  # fmt: skip
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "curl/7.88.1", "python-requests/2.31.0", "okhttp/4.12.0", "Go-http-client/1.1", "axios/1.6.8",
)  # fmt: skip


@dataclass(frozen=True)
class WebServer:
    port: int
    folder: Path

    @property
    def tls(self) -> bool:
        return self.port == TLS_PORT


async def start_nginx(
    place: Place, files: Mapping[str, int], *, tls: bool, content_type: str, bytes_per_s: int = 0
) -> WebServer:
    """`files`: size by path. Sparse files: they cost no memory. POST is answered as GET; rate 0 is no limit."""
    folder, random = own_folder(place, "nginx"), place.random
    for path, size in files.items():
        file = folder / "files" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            stream.truncate(size)
    server = WebServer(TLS_PORT if tls else PORT, folder)
    chosen = random.sample(_HEADERS, random.randint(0, len(_HEADERS)))
    choices = Choices(random.choice(("on", "off")), random.choice(_KEEPALIVES_S), random.choice(_REQUESTS))
    headers = " ".join(f'add_header {name} "{value}";' for name, value in chosen)
    text = _FILES.format(folder=folder, rate=bytes_per_s, headers=headers)
    await run_nginx(place, folder, server.port, choices, f"default_type {content_type};", text, tls=tls)
    return server


@dataclass(frozen=True)
class Choices:
    """An operator's."""

    tokens: str
    keep_s: int
    requests: int


async def run_nginx(
    place: Place, folder: Path, port: int, choices: Choices, types: str, server: str, *, tls: bool, http2: bool = False
) -> None:
    """`types` and `server`: directives of those blocks."""
    options = (" ssl" if tls else "") + (" http2" if http2 else "")
    hosts = [f"[{address}]" if ":" in address else address for address in listen_addresses(place)]
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder,
            tokens=choices.tokens,
            keep_s=choices.keep_s,
            requests=choices.requests,
            types=types,
            listen=" ".join(f"listen {host}:{port}{options};" for host in hosts),
            tls=_tls(place) if tls else "",
            server=server,
        )
    )
    await place.start(port, ["nginx", "-e", "stderr", "-c", str(configuration)], tls=tls)


def _tls(place: Place) -> str:
    certificate, style = place.lab.authority.certificate(place.name), place.tls_style
    protocols = "TLSv1.2" if style.newest == ssl.TLSVersion.TLSv1_2 else "TLSv1.2 TLSv1.3"
    return (
        f"ssl_certificate {certificate.chain}; ssl_certificate_key {certificate.key}; ssl_protocols {protocols};"
        f" ssl_ciphers {style.ciphers};"
    )


class HttpClient:
    """What one program sends with each of its requests, on one connection at a time."""

    def __init__(self, visit: Visit, referer: str | None = None) -> None:
        random = visit.random
        self._headers = [f"Host: {visit.place.name}", f"User-Agent: {random.choice(_AGENTS)}", "Accept: */*"]
        if random.random() < 0.6:
            self._headers.append("Accept-Encoding: gzip, deflate, br")
        if random.random() < 0.5:
            self._headers.append("Authorization: Bearer " + random.randbytes(random.randint(16, 300)).hex())
        if random.random() < 0.4:
            self._headers.append("Cookie: session=" + random.randbytes(random.randint(8, 90)).hex())
        if referer:
            self._headers.append(f"Referer: {referer}")
        if random.random() < 0.6:
            self._headers.append("Connection: keep-alive")

    def request(self, method: str, path: str, body: bytes = b"", extra: tuple[str, ...] = ()) -> bytes:
        headers = [*self._headers, *extra]
        if body:
            headers += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return http_bytes(f"{method} /{path} HTTP/1.1", headers, body)


async def read_answer(reader: asyncio.StreamReader) -> HttpMessage:
    """The body is read and dropped: a file's may be larger than memory."""
    head = await read_head(reader)
    if int(head.first_line.split()[1]) >= 400:
        raise LabFailure(f"the lab's web server answered '{head.first_line}'")
    left = int(head.header("Content-Length") or 0)
    while left:
        data = await reader.read(min(left, 65536))
        if not data:
            raise ConnectionError("the web server closed within an answer")
        left -= len(data)
    return head
