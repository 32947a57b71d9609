"""Clients whose code names the vendor: led to a stand-in, and nowhere else."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import peers
import pytest
from wrapped_clients import run, run_python

import specs
from contract_tests.client.authority import made
from contract_tests.client.intercept import Hosts, authority, hosts_of
from contract_tests.client.streams import Pipes

HOSTS = hosts_of(specs.vendors())
ASK = """
    import {library}
    answer = {library}.get("https://api.ngrok.com/app/sessions?limit=1", headers=H)
    print(answer.status_code, answer.json()["next_page_uri"].partition("?")[0])
"""
ANSWERED = "200 https://api.ngrok.com/app/sessions\n"


@pytest.mark.parametrize(
    ("host", "vendor"),
    [
        ("api.ngrok.com", "ngrok"),
        ("api.ngrok.com:443", "ngrok"),
        ("API.ngrok.COM.", "ngrok"),
        ("api.thousandeyes.com", "thousandeyes"),
        ("me.api.pingplotter.cloud:443", "pingplotter"),
        ("a.b.api.pingplotter.cloud", None),
        ("api.pingplotter.cloud", None),
        ("ngrok.com", None),
        ("api.ngrok.com.evil.example", None),
        ("127.0.0.1:80", None),
        ("", None),
    ],
)
def test_a_host_means_the_vendor_that_its_contract_says(host: str, vendor: str | None) -> None:
    assert HOSTS.vendor_of(host) == vendor


def test_only_the_vendors_that_were_asked_for_are_led() -> None:
    assert hosts_of(("ngrok",)) == Hosts({"api.ngrok.com": "ngrok"})


def test_no_key_is_ever_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with authority(HOSTS) as trusted:
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert files == [trusted.file]
        assert b"PRIVATE" not in trusted.file.read_bytes()
        assert trusted.file.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_is_left_of_an_authority() -> None:
    with authority(HOSTS) as trusted:
        pass
    assert not trusted.file.parent.exists()


def test_two_authorities_do_not_know_one_another() -> None:
    assert made(["a.example"])[1] != made(["a.example"])[1]


def test_its_certificate_is_believed_and_fits_the_names() -> None:
    served, certificate = made(["api.ngrok.com", "*.api.pingplotter.cloud"])
    trusting = ssl.create_default_context(cadata=certificate.decode())
    for name in ("api.ngrok.com", "me.api.pingplotter.cloud"):
        assert shaken_hands(served, trusting, name)


def shaken_hands(served: ssl.SSLContext, trusting: ssl.SSLContext, name: str) -> bool:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(back, there, server_hostname=name)
    server = served.wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return client.version() is not None


@pytest.mark.slow
@pytest.mark.parametrize("library", ["requests", "httpx"])
def test_python_is_led_to_the_stand_in(library: str, tmp_path: Path) -> None:
    pipes = Pipes()
    found = run_python(tmp_path, ASK.format(library=library), intercepts=True, pipes=pipes)
    assert pipes.out.text == ANSWERED, pipes.err.text
    assert found.requests == 1


@pytest.mark.slow
def test_curl_is_led_to_the_stand_in() -> None:
    pipes = Pipes()
    line = 'curl -s https://api.ngrok.com/app/sessions -H "Authorization: Bearer $NGROK_API_KEY"'
    run("sh", "-c", f'{line} -H "Ngrok-Version: 2"', intercepts=True, pipes=pipes)
    assert '"uri":"https://api.ngrok.com/app/sessions"' in pipes.out.text


@pytest.mark.slow
def test_node_is_led_to_the_stand_in(tmp_path: Path) -> None:
    peers.needs("node")
    pipes = Pipes()
    (tmp_path / "app.mjs").write_text(
        "const headers = { Authorization: `Bearer ${process.env.NGROK_API_KEY}`, "
        "'Ngrok-Version': '2' };\n"
        "const answer = await fetch('https://api.ngrok.com/app/sessions?limit=1', { headers });\n"
        "const page = await answer.json();\n"
        "console.log(answer.status, page.next_page_uri.split('?')[0]);\n",
        "utf-8",
    )
    run("node", tmp_path / "app.mjs", intercepts=True, pipes=pipes)
    assert pipes.out.text == ANSWERED, pipes.err.text


@pytest.mark.slow
def test_other_hosts_are_refused_in_words() -> None:
    pipes = Pipes()
    run("curl", "-s", "http://other.example/", intercepts=True, pipes=pipes)
    assert "nothing else leaves this machine, so 'other.example' is refused" in pipes.out.text


@pytest.mark.slow
def test_other_hosts_are_refused_over_tls_too() -> None:
    pipes = Pipes()
    run("curl", "-sS", "https://other.example/", intercepts=True, pipes=pipes)
    assert "403" in pipes.err.text


def test_what_is_inherited_of_proxies_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy.example:1")
    pipes = Pipes()
    run("sh", "-c", 'echo "$HTTPS_PROXY"', intercepts=True, pipes=pipes)
    assert pipes.out.text.startswith("http://127.0.0.1:")
    assert os.environ["HTTPS_PROXY"] not in pipes.out.text
