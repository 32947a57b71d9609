"""The verb `probes http`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from probes.cli.common import carry_out, chosen, options
from probes.cli.tables import Rows, ms, number
from probes.http import (
    HttpAuthentication,
    HttpPlan,
    HttpResult,
    HttpVersion,
    IpVersion,
    TlsVersion,
)
from probes.http.plan import USER_AGENT

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TLS = click.Choice([*map(str, TlsVersion)])


@click.command()
@click.argument("url")
@click.option("--method", help="GET, HEAD, POST …  [default: GET; POST with --body]")
@click.option(
    "--http-version",
    type=click.Choice([*map(str, HttpVersion)]),
    default=str(HttpVersion.AUTO),
    show_default=True,
    help="auto: 2 where TLS agrees on it, else 1.1. The others are not negotiable.",
)
@click.option("--header", multiple=True, metavar="NAME:VALUE", help="Send this header as well.")
@click.option("--body", help="Send this text; @FILE sends what is in the file.")
@click.option("--status", type=int, help="The status that is wanted.  [default: 200 to 399]")
@click.option("--match", metavar="REGEX", help="What the body is to hold.")
@click.option("--user", help="Name for basic or digest authentication.")
@click.option("--password", default="", envvar="PROBES_PASSWORD", show_envvar=True)
@click.option("--digest", is_flag=True, help="Answer a challenge instead of basic authentication.")
@click.option("--cert", type=_FILE, help="PEM file with the client's certificate.")
@click.option("--key", type=_FILE, help="PEM file with its key, if that is not in the same file.")
@click.option("--ca", type=_FILE, help="PEM file with the certificates to trust.")
@click.option("--insecure", is_flag=True, help="Accept any certificate.")
@click.option("--tls-min", type=_TLS, help="Oldest TLS version to accept.")
@click.option("--tls-max", type=_TLS, help="Newest TLS version to offer.")
@click.option("--resolve", multiple=True, metavar="NAME=ADDRESS", help="Do not look NAME up.")
@click.option(
    "--ip-version",
    type=click.Choice([*map(str, IpVersion)]),
    default=str(IpVersion.ANY),
    show_default=True,
)
@click.option("--no-redirects", is_flag=True, help="Take a redirect for the answer.")
@click.option("--most-redirects", default=10, show_default=True)
@click.option("--user-agent", default=USER_AGENT, show_default=True)
@click.option("--download-limit", type=int, metavar="BYTES", help="Stop after so much body.")
@options(count_help="How often to fetch it.  [default: 1; endless with --watch]")
def http(**given: Any) -> None:
    """Fetch URL, redirects included, and time every phase.

    \b
    Examples:
      probes http http://127.0.0.1:8000/
      probes http https://localhost:8443/ --ca ca.pem --http-version 2 --json
      probes http http://app.test/ --resolve app.test=127.0.0.1 --match "signed in"
      probes http https://any.name/ --simulate 3
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    carry_out(lambda: _plan(given), chosen(given), rows)  # type: ignore[arg-type]


def _plan(given: dict[str, Any]) -> HttpPlan:
    body = _body(given["body"])
    return HttpPlan(
        target=given["url"],
        method=given["method"] or ("GET" if body is None else "POST"),
        http_version=HttpVersion(given["http_version"]),
        headers=tuple(_pairs(given["header"], ":", "--header")),
        body=body,
        desired_status=given["status"],
        body_match=given["match"],
        authentication=HttpAuthentication.DIGEST if given["digest"] else HttpAuthentication.BASIC,
        user=given["user"],
        password=given["password"],
        client_certificate=given["cert"],
        client_key=given["key"],
        verify_certificate=not given["insecure"],
        ca=given["ca"],
        least_tls=given["tls_min"] and TlsVersion(given["tls_min"]),
        last_tls=given["tls_max"] and TlsVersion(given["tls_max"]),
        dns_override=dict(_pairs(given["resolve"], "=", "--resolve")),
        ip_version=IpVersion(given["ip_version"]),
        follow_redirects=not given["no_redirects"],
        most_redirects=given["most_redirects"],
        user_agent=given["user_agent"],
        download_limit_bytes=given["download_limit"],
        timeout_s=given["timeout"],
    )


def _pairs(texts: Iterable[str], mark: str, option: str) -> Iterator[tuple[str, str]]:
    for text in texts:
        name, found, value = text.partition(mark)
        if not found:
            raise click.BadParameter(f"{text!r} lacks its {mark!r}.", param_hint=option)
        yield name.strip(), value.strip()


def _body(text: str | None) -> bytes | None:
    if text is None or not text.startswith("@"):
        return None if text is None else text.encode()
    try:
        return Path(text[1:]).read_bytes()
    except OSError as error:
        message = f"{text[1:]} cannot be read: {error.strerror}."
        raise click.BadParameter(message, param_hint="--body") from None


def rows(result: HttpResult) -> Rows:
    """Say it to people."""
    shown = [
        (result.target, result.address or "-"),
        ("answer", _answer(result)),
        *_redirects(result),
        *_phases(result),
        ("received", _received(result)),
        *_certificate(result),
    ]
    return [*shown, ("failure", str(result.failure))] if result.failure else shown


_SHOWN = ("dns", "connect", "tls", "send", "wait", "receive", "redirect", "total")
_OPTIONAL = ("dns", "tls", "redirect")


def _phases(result: HttpResult) -> Rows:
    """Leave out what there was not: no name, no TLS, no redirect."""
    figures = ((phase, getattr(result, f"{phase}_ms")) for phase in _SHOWN)
    return [(name, ms(value)) for name, value in figures if value != 0 or name not in _OPTIONAL]


def _answer(result: HttpResult) -> str:
    if result.status is None:
        return "none"
    tls = f" over {result.last.tls_version}" if result.last.tls_version else ""
    return f"{result.status}, HTTP/{result.http_version}{tls}"


def _redirects(result: HttpResult) -> Rows:
    later = [exchange.url for exchange in result.exchanges[1:]]
    return [("redirected to", url) for url in later]


def _received(result: HttpResult) -> str:
    limited = ", up to the limit" if result.last.truncated else ""
    rate = number(result.throughput_kbps, "kbit/s")
    return f"{result.wire_bytes} bytes{limited}, {rate}"


def _certificate(result: HttpResult) -> Rows:
    if not result.last.certificates:
        return []
    own = result.last.certificates[0]
    until = own.not_after.date().isoformat() if own.not_after else "?"
    return [("certificate", f"{own.subject or '?'} by {own.issuer or '?'} until {until}")]
