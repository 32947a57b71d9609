"""http-server tests against nginx, judged by what nginx wrote down."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from te_tasks import measured
from te_web import BIG_BYTES, HOME, NAME, PAGE, Site, booked_site

NOW_MS = int(datetime.now(UTC).timestamp() * 1000)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with booked_site(tmp_path_factory.mktemp("nginx")) as running:
        yield running


def fetched(url: str, **choices: Any) -> dict[str, Any]:
    """Return the one entry of a test that leaves the network below out."""
    body = {"url": url, "networkMeasurements": 0, "verifyCertificate": 0, **choices}
    findings = measured("http-server", body, now_ms=NOW_MS)
    assert list(findings) == ["web/http-server"]
    (entry,) = findings["web/http-server"]
    return dict(entry)


def fault_of(url: str, **choices: Any) -> tuple[str, str]:
    entry = fetched(url, **choices)
    return entry["errorType"], entry["errorDetails"]


def test_status_and_size_are_what_the_server_sent(site: Site) -> None:
    entry, row = fetched(site.url()), site.last("/page.txt")
    assert (entry["responseCode"], entry["wireSize"]) == (row["status"], row["bytes"])
    assert (row["status"], row["bytes"]) == (200, len(PAGE))
    assert (entry["serverIp"], entry["errorType"]) == (HOME, "None")


def test_times_add_up_as_documented(site: Site) -> None:
    entry = fetched(site.url())
    assert entry["totalTime"] == entry["responseTime"] + entry["receiveTime"]
    assert "sslTime" not in entry


def test_a_redirect_is_followed_and_counted(site: Site) -> None:
    entry = fetched(site.url("/moved"))
    assert (entry["numRedirects"], entry["responseCode"]) == (1, 200)
    assert site.last("/moved")["status"] == 302


def test_a_redirect_is_not_followed_where_the_test_does_not_want_it(site: Site) -> None:
    entry = fetched(site.url("/moved"), followRedirects=0)
    assert (entry["numRedirects"], entry["responseCode"]) == (0, 302)


def test_the_head_of_request_and_answer_is_kept(site: Site) -> None:
    entry = fetched(site.url("/page.txt?a=b"), userAgent="eye 1")
    lines = entry["requestHeaders"].split("\r\n")
    assert lines[0] == "GET /page.txt?a=b HTTP/1.1"
    assert "User-Agent: eye 1" in lines
    assert entry["responseHeaders"].startswith("HTTP/1.1 200 OK\r\nServer: nginx")
    assert site.last("/page.txt?a=b")["agent"] == "eye 1"


def test_headers_of_every_sort_reach_the_server(site: Site) -> None:
    custom = {"root": {"x-two": "r"}, "all": {"user-agent": "all"}}
    fetched(site.url("/page.txt?h"), headers=["X-One: 1 and more"], customHeaders=custom)
    row = site.last("/page.txt?h")
    assert (row["one"], row["two"]) == ("1 and more", "r")


def test_headers_of_another_domain_stay_at_home(site: Site) -> None:
    custom = {"domains": {HOME: {"x-two": "here"}, "elsewhere.test": {"x-one": "secret"}}}
    fetched(site.url("/page.txt?d"), customHeaders=custom)
    row = site.last("/page.txt?d")
    assert (row["one"], row["two"]) == ("", "here")


def test_a_body_is_posted(site: Site) -> None:
    assert fetched(site.url("/post"), postBody="a=1&b=2")["responseCode"] == 200
    row = site.last("/post")
    assert (row["method"], row["body"]) == ("POST", "a=1&b=2")


def test_a_password_opens_what_is_closed(site: Site) -> None:
    login = {"authType": "BASIC", "username": "ann", "password": "secret"}
    entry = fetched(site.url("/closed"), **login)
    assert (entry["responseCode"], site.last("/closed")["user"]) == (200, "ann")
    assert "secret" not in str(entry)


def test_a_wrong_password_does_not(site: Site) -> None:
    login = {"authType": "BASIC", "username": "ann", "password": "guess"}
    entry = fetched(site.url("/closed?wrong"), **login)
    assert (entry["responseCode"], entry["errorType"]) == (401, "AUTH")
    assert site.last("/closed?wrong")["status"] == 401


def test_a_status_of_failure_is_an_error(site: Site) -> None:
    entry = fetched(site.url("/broken"))
    assert (entry["responseCode"], entry["errorType"]) == (503, "HTTP")
    assert "503" in entry["errorDetails"]


def test_the_desired_status_is_none_whatever_it_is(site: Site) -> None:
    entry = fetched(site.url("/broken"), desiredStatusCode="503")
    assert (entry["responseCode"], entry["errorType"]) == (503, "None")


def test_another_status_than_the_desired_one_is_an_error(site: Site) -> None:
    assert fault_of(site.url(), desiredStatusCode="204")[0] == "HTTP"


def test_content_that_matches_is_no_error(site: Site) -> None:
    assert fault_of(site.url(), contentRegex="what is l.{3}ed for")[0] == "None"


def test_content_that_does_not_match_is_an_error(site: Site) -> None:
    assert fault_of(site.url(), contentRegex="something else")[0] == "CONTENT"


def test_a_download_ends_at_its_limit(site: Site) -> None:
    entry = fetched(site.url("/big.bin"), downloadLimit=100_000)
    assert entry["errorType"] == "None"
    assert 100_000 <= entry["wireSize"] < BIG_BYTES / 2
    assert site.last("/big.bin")["bytes"] < BIG_BYTES


def test_a_name_goes_where_the_override_says(site: Site) -> None:
    entry = fetched(site.url("/page.txt?o", "www.example.com"), dnsOverride=HOME)
    assert (entry["serverIp"], entry["dnsTime"]) == (HOME, 0)
    assert site.last("/page.txt?o")["host"] == f"www.example.com:{site.plain}"


def test_the_version_of_http_is_the_wanted_one(site: Site) -> None:
    for wanted, spoken in ((1, "HTTP/1.1"), (2, "HTTP/2.0")):
        fetched(site.secure_url(f"/page.txt?v{wanted}"), httpVersion=wanted)
        assert site.last(f"/page.txt?v{wanted}")["protocol"] == spoken


def test_the_version_of_tls_is_the_wanted_one(site: Site) -> None:
    entry = fetched(site.secure_url("/page.txt?t"), sslVersionId=6)
    row = site.last("/page.txt?t")
    assert entry["sslVersion"] == row["tls"] == "TLSv1.2"
    assert entry["sslCipher"] == row["cipher"]
    assert entry["sslTime"] >= 0


def test_a_version_of_tls_that_the_server_lacks_is_an_error(site: Site) -> None:
    assert fault_of(site.secure_url(), sslVersionId=4)[0] == "SSL"


def test_ssl_3_is_an_error_that_names_the_setting(site: Site) -> None:
    assert "sslVersionId 3" in fault_of(site.secure_url(), sslVersionId=3)[1]


def test_a_certificate_that_nobody_signed_is_an_error_only_if_verified(site: Site) -> None:
    url = site.secure_url(host=NAME)
    assert fault_of(url, verifyCertificate=1)[0] == "SSL"
    assert fault_of(url, verifyCertificate=0)[0] == "None"


def test_the_certificates_are_those_of_the_server(site: Site) -> None:
    (own, *_) = fetched(site.secure_url())["sslCerts"]
    assert own["subjectName"] == NAME
    assert set(own["subjectAltNames"]) == {HOME, NAME}
    assert own["fetchDateInValidCertDateRange"] is True
    assert own["notValidBefore"] < own["notValidAfter"]
    assert own["daysUntilExpiry"] > 0


def test_a_clients_certificate_is_shown(site: Site) -> None:
    fetched(site.secure_url("/page.txt?c"), clientCertificate=site.client)
    assert site.last("/page.txt?c")["client"] == "SUCCESS"


def test_a_closed_port_is_an_error_with_the_times_before_it() -> None:
    with socket.create_server((HOME, 0)) as opened:
        port = opened.getsockname()[1]
    entry = fetched(f"http://{HOME}:{port}/")
    assert (entry["errorType"], entry["dnsTime"]) == ("CONNECT", 0)
    assert "connectTime" not in entry


@pytest.mark.slow
def test_silence_ends_at_the_time_limit() -> None:
    with socket.create_server((HOME, 0)) as silent:
        error, _ = fault_of(f"http://{HOME}:{silent.getsockname()[1]}/", httpTimeLimit=5)
    assert error == "RECEIVE"


@pytest.mark.parametrize(
    ("choices", "named"),
    [
        ({"url": "gopher://127.0.0.1/"}, "gopher"),
        ({"url": "http://ann:secret@127.0.0.1/"}, "credentials"),
        ({"headers": ["no header"]}, "no header"),
        ({"contentRegex": "("}, "regular expression"),
        ({"desiredStatusCode": "ok"}, "desiredStatusCode"),
        ({"dnsOverride": "here"}, "here"),
        ({"authType": "NTLM", "username": "ann"}, "NTLM"),
        ({"downloadLimit": -1}, "download limit"),
    ],
)
def test_what_cannot_be_asked_is_an_error_that_names_it(
    choices: dict[str, Any], named: str
) -> None:
    error, details = fault_of(**{"url": f"http://{HOME}/", **choices})
    assert error == "OTHER"
    assert named in details


def test_the_network_below_is_measured_too(site: Site) -> None:
    findings = measured("http-server", {"url": site.url()})
    assert sorted(findings) == ["net/metrics", "net/path-vis", "web/http-server"]
    (metrics,), (paths,) = findings["net/metrics"], findings["net/path-vis"]
    assert metrics["server"] == paths["server"] == f"{HOME}:{site.plain}"
    assert (metrics["loss"], len(paths["endpoints"])) == (0.0, 3)


def test_the_network_below_is_measured_by_icmp_where_the_test_names_it(site: Site) -> None:
    findings = measured("http-server", {"url": site.url(), "protocol": "ICMP"})
    (metrics,) = findings["net/metrics"]
    assert (metrics["server"], metrics["loss"]) == (HOME, 0.0)


def test_a_url_that_is_none_is_an_error_on_every_page() -> None:
    findings = measured("http-server", {"url": "gopher://x/"})
    for entries in findings.values():
        (entry,) = entries
        assert entry["errorType"] == "OTHER"
