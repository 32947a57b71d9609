"""HTTP/1.1 and HTTP/2 against nginx."""

from __future__ import annotations

import socket

import pytest
import trustme
from page_browser import browse, lookup_of
from peers import needs, running

from probes.browser import BrowserSettings
from probes.page import PagePlan

pytestmark = pytest.mark.slow

CONFIGURATION = """
daemon off; error_log stderr; pid {place}/pid; events {{}}
http {{
  access_log off;
  client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f;
  uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {place}/cert.pem; ssl_certificate_key {place}/key.pem;
    default_type text/html;
    location / {{ return 200 "<h1>x</h1><script src=/a.js></script><script src=/b.js></script>"; }}
    location ~ js$ {{ return 200 "1"; }}
  }}
}}
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> int:
    (nginx,) = needs("nginx")
    place = tmp_path_factory.mktemp("nginx")
    own = trustme.CA().issue_cert("page.test")
    own.private_key_pem.write_to_path(place / "key.pem")
    own.cert_chain_pems[0].write_to_path(place / "cert.pem")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    file = place / "nginx.conf"
    file.write_text(CONFIGURATION.format(place=place, port=number))
    with running([nginx, "-c", str(file), "-p", str(place)], place / "log", lambda: up(number)):
        yield number


def up(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(("version", "protocol"), [(1, "http/1.1"), (2, "h2")])
def test_the_version_is_the_one_that_was_asked_for(port: int, version: int, protocol: str) -> None:
    settings = BrowserSettings(http_version=version, verify_tls=False)
    plan = PagePlan(f"https://page.test:{port}/", browser=settings, timeout_s=30)
    result = browse(plan, lookup=lookup_of({"page.test": ["127.0.0.1"]}, []))
    assert result.failure is None
    assert {part.protocol for part in result.components} == {protocol}
    assert result.tls_ms > 0
    connected = [part for part in result.components if part.phases.connect_ms is not None]
    assert len(connected) == 1 if version == 2 else connected
