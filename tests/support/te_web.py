"""A web server for tests that keeps a book of what it was asked and what it answered."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from peers import needs, running, until

HOME = "127.0.0.1"
NAME = "site.localhost"
BIG_BYTES = 16 << 20
PAGE = b"here is what is looked for\n" * 400

_MAIN = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid;
events {{ worker_connections 300; }}
http {{
  log_format book escape=json '{{"method":"$request_method","path":"$request_uri",'
    '"status":$status,"bytes":$body_bytes_sent,"protocol":"$server_protocol",'
    '"host":"$http_host","agent":"$http_user_agent","one":"$http_x_one","two":"$http_x_two",'
    '"user":"$remote_user","body":"$request_body","tls":"$ssl_protocol",'
    '"cipher":"$ssl_cipher","client":"$ssl_client_verify"}}';
  access_log {folder}/book book;
  {paths} absolute_redirect off; client_body_in_single_buffer on;
  server {{ listen 127.0.0.1:{plain}; include places; }}
  server {{
    listen 127.0.0.1:{secure} ssl http2; ssl_certificate s.pem; ssl_certificate_key s.key;
    ssl_verify_client optional; ssl_client_certificate ca.pem; ssl_protocols TLSv1.2 TLSv1.3;
    include places;
  }}
}}
"""
_PLACES = """
root {folder}/www;
location /moved {{ return 302 /page.txt; }}
location /broken {{ return 503; }}
location /closed {{ auth_basic "x"; auth_basic_user_file {folder}/passwords; try_files /page.txt =404; }}
location /post {{ proxy_pass http://127.0.0.1:{plain}/page.txt; proxy_method GET; }}
"""  # noqa: E501


@dataclass(frozen=True)
class Site:
    """A running nginx: its ports, the certificate of its clients, and its book."""

    folder: Path
    plain: int
    secure: int
    client: str

    def url(self, path: str = "/page.txt", host: str = HOME) -> str:
        return f"http://{host}:{self.plain}{path}"

    def secure_url(self, path: str = "/page.txt", host: str = HOME) -> str:
        return f"https://{host}:{self.secure}{path}"

    def book(self) -> list[dict[str, Any]]:
        """Return what was asked, oldest first."""
        lines = (self.folder / "book").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def last(self, path: str) -> dict[str, Any]:
        """Return the last request for a path, which may be written a moment later."""
        until(lambda: any(row["path"] == path for row in self.book()), f"a request for {path}")
        return [row for row in self.book() if row["path"] == path][-1]


@contextmanager
def booked_site(folder: Path) -> Iterator[Site]:
    """Run nginx on loopback."""
    (nginx,) = needs("nginx")
    sockets = [socket.create_server((HOME, 0)) for _ in range(2)]
    plain, secure = (opened.getsockname()[1] for opened in sockets)
    authority = trustme.CA()
    server = authority.issue_cert(HOME, NAME, common_name=NAME)
    (folder / "s.pem").write_bytes(b"".join(pem.bytes() for pem in server.cert_chain_pems))
    (folder / "s.key").write_bytes(server.private_key_pem.bytes())
    (folder / "ca.pem").write_bytes(authority.cert_pem.bytes())
    client = authority.issue_cert("client@site.test").private_key_and_cert_chain_pem.bytes()
    (folder / "www").mkdir()
    (folder / "www" / "page.txt").write_bytes(PAGE)
    (folder / "www" / "big.bin").write_bytes(bytes(BIG_BYTES))
    (folder / "passwords").write_text("ann:{PLAIN}secret\n")
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{name}_temp_path {folder}/{name};" for name in names)
    fields = {"folder": folder, "plain": plain, "secure": secure, "paths": paths}
    (folder / "nginx.conf").write_text(_MAIN.format(**fields))
    (folder / "places").write_text(_PLACES.format(**fields))
    for opened in sockets:
        opened.close()
    argv = [nginx, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with running(argv, folder / "log", lambda: _listens(secure)):
        yield Site(folder, plain, secure, client.decode())


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex((HOME, port)) == 0
