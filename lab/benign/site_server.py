# SPDX-License-Identifier: Apache-2.0
"""A real nginx that serves the files below a folder under each name it is asked for.

Directives: nginx's documentation; what its operator chooses is drawn.
"""

import ssl
from pathlib import Path

from lab.activity import Place

NEEDS = {"nginx": "nginx-light"}
PORT = 443

_CONFIGURATION = """
user root; worker_processes 1; master_process off; daemon off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 2048; }}
http {{
  access_log off; keepalive_timeout {keep_s}; keepalive_requests {requests}; tcp_nodelay on; server_tokens {tokens};
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  default_type application/octet-stream;
  types {{
    text/html html; text/css css; text/javascript js; image/gif gif; font/woff2 woff2; application/json json;
  }}
  server {{
    {listen}
    ssl_certificate {chain}; ssl_certificate_key {key}; ssl_protocols {protocols}; ssl_ciphers {ciphers};
    ssl_buffer_size {record_kib}k;
    root {root};
    add_header Access-Control-Allow-Origin *;
    add_header Cache-Control "{cache}";
    add_header X-Request-Id "{extra}";
    add_header Set-Cookie "id={cookie}; Path=/; Secure; SameSite=None";
    error_page 405 =204 @done;
    location @done {{ return 204; }}
  }}
}}
"""


async def start_site_server(place: Place, root: Path, *, http2: bool) -> None:
    """What its operator chooses (how long connections are kept, headers, records) is drawn."""
    random, style = place.random, place.tls_style
    folder = place.lab.folder / f"nginx-{place.name}"
    folder.mkdir()
    certificate = place.lab.authority.certificate(place.name)
    text = _CONFIGURATION.format(
        folder=folder,
        root=root,
        listen=_listen(place, http2),
        chain=certificate.chain,
        key=certificate.key,
        protocols="TLSv1.2" if style.newest is ssl.TLSVersion.TLSv1_2 else "TLSv1.2 TLSv1.3",
        ciphers=style.ciphers,
        keep_s=random.choice((5, 15, 30, 65, 75, 120)),
        requests=random.choice((100, 1000)),
        tokens=random.choice(("on", "off")),
        record_kib=random.choice((4, 16, 16)),
        cache=random.choice(("max-age=60", "public, max-age=31536000, immutable", "private, max-age=3600")),
        extra="x" * random.randrange(1, 300),
        cookie="x" * random.randrange(8, 200),
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(text)
    await place.start(PORT, ["nginx", "-e", "stderr", "-c", str(configuration)], tls=True)


def _listen(place: Place, http2: bool) -> str:
    options = "ssl http2" if http2 else "ssl"
    lines = [f"listen {place.host.ipv4}:{PORT} {options};"]
    if place.host.ipv6:
        lines.append(f"listen [{place.host.ipv6}]:{PORT} {options};")
    return " ".join(lines)
