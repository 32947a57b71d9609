"""The settings of an HTTP test as a plan: what is asked for, of whom, and what will do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.vendors.thousandeyes.measuring.task import Task
from probes.errors import PlanInvalid
from probes.http.location import Url
from probes.http.plan import USER_AGENT, HttpPlan
from probes.http.settings import Header, HttpVersion, TlsVersion, checked_url

Settings = Mapping[str, Any]

_VERSIONS = {1: HttpVersion.HTTP_1_1, 2: HttpVersion.AUTO}
# Numbers of TLS versions: there is no SSL 3 to be had any more, and 0 leaves the choice open.
_TLS = {4: TlsVersion.TLS_1_0, 5: TlsVersion.TLS_1_1, 6: TlsVersion.TLS_1_2}


def url_of(settings: Settings) -> Url:
    """Return the URL of a web test, http where it names no scheme; PlanInvalid for no URL."""
    return checked_url(with_scheme(settings["url"]))


def http_plan(task: Task) -> HttpPlan:
    """Return the request that the test asks for; PlanInvalid says what cannot be asked."""
    settings, url = task.settings, url_of(task.settings)
    _refuse_what_is_lacking(settings)
    body = settings.get("postBody", "")
    certificate = task.secrets.get("clientCertificate")
    tls = _TLS.get(settings.get("sslVersionId", 0))
    override = settings.get("dnsOverride")
    return HttpPlan(
        with_scheme(settings["url"]),
        method="POST" if body else "GET",
        http_version=_VERSIONS[settings.get("httpVersion", 2)],
        body=body.encode() if body else None,
        desired_status=_status(settings.get("desiredStatusCode", "")),
        body_match=settings.get("contentRegex") or None,
        client_certificate=certificate.encode() if certificate else None,
        verify_certificate=bool(settings.get("verifyCertificate", 1)),
        least_tls=tls,
        last_tls=tls,
        dns_override={url.host: override} if override else {},
        follow_redirects=bool(settings.get("followRedirects", 1)),
        user_agent=settings.get("userAgent") or USER_AGENT,
        download_limit_bytes=settings.get("downloadLimit") or None,
        timeout_s=settings.get("httpTimeLimit", 5),
        **_headers(settings),
        **_credentials(task),
    )


def with_scheme(url: str) -> str:
    """Return the URL of a web test, http where it names no scheme."""
    return url if "://" in url else f"http://{url}"


def _refuse_what_is_lacking(settings: Settings) -> None:
    scheme = settings.get("authType", "NONE")
    if scheme not in ("NONE", "BASIC"):
        raise PlanInvalid(f"authType {scheme} is not measured here: expected NONE or BASIC.")
    if settings.get("sslVersionId") == 3:
        raise PlanInvalid("sslVersionId 3 is not measured here: nothing speaks SSL 3 any more.")


def _credentials(task: Task) -> dict[str, Any]:
    if task.settings.get("authType") != "BASIC":
        return {}
    return {
        "user": task.settings.get("username", ""),
        "password": task.secrets.get("password", ""),
    }


def _headers(settings: Settings) -> dict[str, Any]:
    custom = settings.get("customHeaders", {})
    return {
        "headers": (*_lines(settings), *custom.get("all", {}).items()),
        "root_headers": tuple(custom.get("root", {}).items()),
        "domain_headers": {
            domain: tuple(headers.items()) for domain, headers in custom.get("domains", {}).items()
        },
    }


def _lines(settings: Settings) -> Iterator[Header]:
    for line in settings.get("headers", ()):
        name, _, value = line.partition(":")
        yield name.strip(), value.strip()


def _status(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 3):
        raise PlanInvalid(f"desiredStatusCode is no HTTP status: {text[:40]!r}.")
    return int(text)
