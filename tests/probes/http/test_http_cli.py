"""The verb `probes http`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from http_peers import Site

from probes.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["http", *arguments])


def at(site: Site, server: str, path: str) -> list[str]:
    return [site.url(server, path), "--resolve", "site.test=127.0.0.1", "--timeout", "20"]


def test_phases_are_shown(site: Site) -> None:
    shown = run(*at(site, "h2", "/text.txt"), "--ca", str(site.folder / "ca.pem"))
    assert shown.exit_code == 0
    assert "answer: 200, HTTP/2 over TLSv1." in shown.stdout
    lines = dict(line.split(": ", 1) for line in shown.stdout.splitlines())
    phases = {"connect", "tls", "send", "wait", "receive", "total"}
    assert all(lines[name].endswith(" ms") for name in phases)
    assert lines["certificate"].startswith("CN=site.test")


def test_phases_that_never_were_are_not_shown(site: Site) -> None:
    """The address of the name was given, nothing was encrypted, and nothing redirected."""
    arguments = at(site, "plain", "/text.txt")
    labels = {line.split(": ")[0] for line in run(*arguments).stdout.splitlines()}
    assert not labels & {"dns", "tls", "redirect"}
    told = json.loads(run(*arguments, "--json").stdout)
    assert (told["dns_ms"], told["tls_ms"], told["redirect_ms"]) == (0, 0, 0)


def test_json_holds_exchanges_and_figures(site: Site) -> None:
    shown = json.loads(run(*at(site, "plain", "/three"), "--json").stdout)
    assert (shown["status"], shown["redirects"], len(shown["exchanges"])) == (200, 3, 4)
    assert shown["total_ms"] > shown["redirect_ms"] > 0
    assert shown["exchanges"][0]["response_headers"][0][0] == "Server"


def test_what_is_given_is_sent(site: Site, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"from a file")
    arguments = ["--header", "X-All: a:b", "--body", f"@{tmp_path / 'body'}", "--user", "ann"]
    arguments += ["--password", "secret", "--user-agent", "me", "--json"]
    shown = json.loads(run(*at(site, "plain", "/shown"), *arguments).stdout)
    said = shown["body_start"].split("|")
    assert said[0].startswith("POST ")
    assert (said[3], said[7]) == ("a:b", "me")
    assert said[1].startswith("Basic ")


def test_a_status_that_was_not_wanted_is_exit_status_1(site: Site) -> None:
    shown = run(*at(site, "plain", "/gone"))
    assert shown.exit_code == 1
    assert "failure: status in receive: The server answered with status 404" in shown.stdout
    assert run(*at(site, "plain", "/gone"), "--status", "404").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "clue"),
    [
        (["http://192.0.2.1/"], "--allow-target 192.0.2.1/32"),
        (["ftp://127.0.0.1/"], "http or https"),
        (["http://127.0.0.1/", "--header", "X"], "lacks its ':'"),
        (["http://127.0.0.1/", "--resolve", "a"], "lacks its '='"),
        (["http://127.0.0.1/", "--body", "@/nowhere"], "cannot be read"),
        (["http://127.0.0.1/", "--match", "("], "regular expression"),
    ],
)
def test_what_cannot_be_done_is_exit_status_2(arguments: list[str], clue: str) -> None:
    shown = run(*arguments)
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert clue in shown.stderr


def test_a_simulated_fetch() -> None:
    shown = run("https://any.name/", "--simulate", "3")
    assert shown.exit_code == 0
    assert "answer: 200, HTTP/" in shown.stdout


def test_redirects_are_shown(site: Site) -> None:
    shown = run(*at(site, "plain", "/three"))
    assert shown.stdout.count("redirected to: ") == 3
