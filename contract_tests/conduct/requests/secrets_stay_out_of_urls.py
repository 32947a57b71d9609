"""A client keeps its secrets out of URLs, which are logged, kept and passed on."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.reading import query_of
from contract_tests.conduct.rule import RequestRule
from contract_tests.conduct.secret_names import gives_away
from contract_tests.findings.finding import Finding

_LONG = 8


def _check(asked: Asked) -> Iterator[Finding]:
    for place in places_of(asked):
        yield asked.finding(
            "secrets_stay_out_of_urls",
            f"A secret stands in the URL: {place}.",
            received=place,
            expected="a header, where the contract has no other place for it",
            place=place,
            source="RFC 9110, 17.9",
        )


def places_of(asked: Asked) -> list[str]:
    """Return the places of the URL that show a secret."""
    found = [
        f"the query parameter {name}"
        for name, value in query_of(asked.request.target)
        if not _is_documented(asked, name)
        and gives_away(name, value, asked.secret, asked.allowances)
    ]
    path = unquote(asked.path)
    known = [each.secret for each in asked.secret.singles if len(each.secret) >= _LONG]
    if any(secret in path for secret in known):
        found.append("the path")
    if _has_password(asked.heard.exchange.url):
        found.append("the user's name and password before the host")
    return list(dict.fromkeys(found))


def _is_documented(asked: Asked, name: str) -> bool:
    demand = asked.demand
    return name in asked.demands.query_keys or (
        demand is not None and name in demand.names("query")
    )


def _has_password(url: str) -> bool:
    if "@" not in url:
        return False
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return False


RULE = RequestRule(
    name="secrets_stay_out_of_urls",
    sentence="No secret stands in a URL, unless the contract has its place there.",
    check=_check,
    source="RFC 9110, 17.9",
)
