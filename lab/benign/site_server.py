# SPDX-License-Identifier: Apache-2.0
"""A real nginx that serves the files below a folder under each name it is asked for.

Directives: nginx's documentation; what its operator chooses is drawn.
"""

from pathlib import Path

from lab.activity import Place
from lab.benign.nginx import TLS_PORT, Choices, run_nginx
from lab.benign.real_server import own_folder

PORT = TLS_PORT

_TYPES = """
  default_type application/octet-stream;
  types {
    text/html html; text/css css; text/javascript js; image/gif gif; font/woff2 woff2; application/json json;
  }
"""
_SITE = """
    ssl_buffer_size {record_kib}k;
    root {root};
    add_header Access-Control-Allow-Origin *;
    add_header Cache-Control "{cache}";
    add_header X-Request-Id "{extra}";
    add_header Set-Cookie "id={cookie}; Path=/; Secure; SameSite=None";
    error_page 405 =204 @done;
    location @done {{ return 204; }}
"""


async def start_site_server(place: Place, root: Path, *, http2: bool) -> None:
    """What its operator chooses (how long connections are kept, headers, records) is drawn."""
    random = place.random
    keep_s, requests = random.choice((5, 15, 30, 65, 75, 120)), random.choice((100, 1000))
    choices = Choices(random.choice(("on", "off")), keep_s, requests)
    site = _SITE.format(
        root=root,
        record_kib=random.choice((4, 16, 16)),
        cache=random.choice(("max-age=60", "public, max-age=31536000, immutable", "private, max-age=3600")),
        extra="x" * random.randrange(1, 300),
        cookie="x" * random.randrange(8, 200),
    )
    await run_nginx(place, own_folder(place, "nginx"), PORT, choices, _TYPES, site, tls=True, http2=http2)
