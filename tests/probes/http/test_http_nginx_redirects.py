"""The HTTP probe and nginx: redirects, what is secret on them, and whose settings count."""

from pathlib import Path

import pytest
from http_peers import Site, ask, fetch, response, says

from probes import FailureKind
from probes.http import HttpPlan, HttpResult


def shown(result: HttpResult) -> list[str]:
    return result.body_start.decode().split("|")


def test_a_redirect_from_http_to_https_is_followed_and_timed(site: Site) -> None:
    result = fetch(site.url("plain", "/to-tls"), ca=site.ca)
    first, last = result.exchanges
    assert (result.redirects, first.status, last.status) == (1, 301, 200)
    assert result.redirect_ms == first.total_ms
    assert first.total_ms
    assert last.total_ms
    assert result.total_ms == pytest.approx(first.total_ms + last.total_ms)


def test_redirects_count(site: Site) -> None:
    result = fetch(site.url("plain", "/three"))
    assert [exchange.url.rsplit("/", 1)[1] for exchange in result.exchanges] == [
        "three",
        "two",
        "one",
        "text.txt",
    ]


def test_a_redirect_may_be_the_answer(site: Site) -> None:
    result = fetch(site.url("plain", "/loop"), follow_redirects=False)
    assert (result.ok, result.status, result.redirects) == (True, 302, 0)


def test_a_loop_ends(site: Site) -> None:
    result = fetch(site.url("plain", "/loop"), most_redirects=4)
    assert result.failure
    assert (result.failure.kind, result.redirects) == (FailureKind.PROTOCOL, 4)


@pytest.mark.parametrize(
    ("path", "method", "asked"),
    [
        ("/see", "POST", "GET"),
        ("/see", "HEAD", "HEAD"),
        ("/back", "POST", "GET"),
        ("/to-other", "POST", "POST"),
        ("/back", "PUT", "PUT"),
    ],
)
def test_the_method_after_a_redirect(site: Site, path: str, method: str, asked: str) -> None:
    body = None if method == "HEAD" else b"a=b"
    result = fetch(site.url("plain", path), method=method, body=body)
    assert result.last.method == asked
    if method != "HEAD":
        said = shown(result)
        assert said[0].startswith(asked)
        assert said[6] == ("" if asked == "GET" else "application/x-www-form-urlencoded")


SECRETS = (
    ("Authorization", "Bearer x"),
    ("Cookie", "a=b"),
    ("X-All", "all"),
    ("Host", "mine.test"),
)


@pytest.mark.parametrize(("path", "same"), [("/see", True), ("/to-other", False)])
def test_what_is_secret_goes_to_one_origin_only(site: Site, path: str, *, same: bool) -> None:
    result = fetch(
        site.url("plain", path),
        headers=SECRETS,
        root_headers=(("X-Root", "root"),),
        domain_headers={"Other.test": (("X-Domain", "domain"),)},
    )
    said = shown(result)
    assert said[1:6] == (
        ["Bearer x", "a=b", "all", "root", ""] if same else ["", "", "all", "", "domain"]
    )
    assert ("mine.test" in said[0]) == same


@pytest.mark.parametrize(("path", "sent"), [("/see", True), ("/to-other", False)])
def test_user_and_password_go_to_one_origin_only(site: Site, path: str, *, sent: bool) -> None:
    said = shown(fetch(site.url("plain", path), user="ann", password="secret"))
    assert said[1].startswith("Basic ") == sent


def test_a_name_can_be_given_an_address(site: Site) -> None:
    url = site.url("h2", "/text.txt", host="www.site.test")
    result = fetch(url, ca=site.ca, dns_override={"WWW.site.test": "127.0.0.1"}, lookup=None)
    assert (result.status, result.dns_ms, result.address) == (200, 0.0, "127.0.0.1")


def test_the_environment_changes_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("default login ann password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert shown(fetch(site.url("plain", "/shown")))[1] == ""


def test_the_default_plan_says_who_asks(site: Site) -> None:
    said = shown(fetch(site.url("plain", "/shown")))
    assert (said[7], said[8]) == (HttpPlan("http://a").user_agent, "deflate, gzip, br")


def test_ipv6() -> None:
    peer = says(response())
    peer.address = "::1"
    try:
        result = ask(peer)
    except OSError:
        pytest.skip("this kernel has no IPv6 loopback")
    assert (result.address, result.status) == ("::1", 200)
    assert peer.requests[0].split(b"\r\n")[1] == f"Host: [::1]:{peer.port}".encode()


def test_the_kernel_knows_the_round_trip(site: Site) -> None:
    last = fetch(site.url("plain", "/text.txt")).last
    assert last.tcp_rtt_ms
    assert last.connect_ms
    assert 0 < last.tcp_rtt_ms <= last.connect_ms
    assert last.retransmitted == 0
