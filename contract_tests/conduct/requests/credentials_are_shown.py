"""A client shows its credential where and as the operation wants it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.demands import Scheme
from contract_tests.conduct.placeholders import is_no_key
from contract_tests.conduct.requests.secrets_stay_out_of_urls import places_of
from contract_tests.conduct.rule import RequestRule
from contract_tests.conduct.secret_names import is_secret_name
from contract_tests.findings.finding import Finding

_NAME = "credentials_are_shown"
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")  # RFC 6750, 2.1
_OTHER = ("the scheme", "another scheme")
_EMPTY = "nothing after the name"


def _check(asked: Asked) -> Iterator[Finding]:
    demand = asked.demand
    if demand is None or not demand.security:
        return
    repeated = _repeated(asked)
    if repeated:
        yield _finding(asked, "The credential is there twice.", repeated, "one header")
        return
    faults = [_faults(asked, way) for way in demand.security]
    if [] in faults or _is_taken_out(asked):
        return
    told = _nearest([each for fault in faults for each in fault if each])
    expected = " or ".join(dict.fromkeys(_wanted(way) for way in demand.security))
    if told:
        yield _finding(asked, "The credential is not as it should be.", told, expected)
    elif not places_of(asked):
        received = _elsewhere(asked) or "none"
        yield _finding(asked, "The request shows no credential.", received, expected)


def _finding(asked: Asked, message: str, received: str, expected: str) -> Finding:
    return asked.finding(
        _NAME,
        message,
        received=received,
        expected=expected,
        place="credential",
        statement=f"{asked.label} 401",
        source="RFC 9110, 11.4",
    )


def _repeated(asked: Asked) -> str:
    names = ["authorization", *_headers(asked)]
    sent = [name.lower() for name, _ in asked.request.headers]
    return next(
        (f"{sent.count(name)} headers {name}" for name in names if sent.count(name) > 1), ""
    )


def _headers(asked: Asked) -> list[str]:
    ways = asked.demand.security if asked.demand else ()
    return [str(s["name"]).lower() for way in ways for _, s in way if s.get("in") == "header"]


def _faults(asked: Asked, way: tuple[Scheme, ...]) -> list[str]:
    """Return what is wrong with the credentials of one way; empty texts where there is none."""
    found = (_fault(asked, scheme) for _, scheme in way)
    return [fault for fault in found if fault is not None]


def _nearest(faults: list[str]) -> str:
    """Return what is wrong by the way that was meant: another scheme says only that it was not."""
    near = [fault for fault in faults if not fault.startswith(_OTHER)]
    return next(iter(near or faults), "")


def _fault(asked: Asked, scheme: Mapping[str, Any]) -> str | None:
    """Return None for a credential that is fine, and an empty text where there is none."""
    kind, place = str(scheme.get("type")), str(scheme.get("in", ""))
    name = str(scheme.get("name", ""))
    if kind == "apiKey" and place == "header":
        value = asked.header(name.lower())
        return "" if value is None else _of_key(value)
    if kind == "apiKey":
        value = next(iter(asked.given.values.get((place, name), ())), None)
        return "" if value is None else _of_key(value)
    value = asked.header("authorization")
    if value is None:
        return ""
    wanted = "basic" if "basic" in {kind.lower(), str(scheme.get("scheme")).lower()} else "bearer"
    if kind == "http" and str(scheme.get("scheme")).lower() not in {"basic", "bearer"}:
        return None  # a scheme that nobody here can judge
    return _of_authorization(value, wanted, asked.allowances.words("user_shape"))


def _of_key(value: str) -> str | None:
    bare = value.strip().strip('"')
    if not bare:
        return _EMPTY
    if is_no_key(bare):
        return bare
    scheme, _, rest = bare.partition(" ")
    if rest and scheme.lower() in {"bearer", "basic", "token", "apikey"}:
        return f"the word {scheme} before the key"
    if any(sign.isspace() or not sign.isprintable() for sign in bare):
        return "a key with blanks in it"
    return None


def _of_authorization(value: str, wanted: str, users: frozenset[str]) -> str | None:
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    if is_no_key(value.strip()):
        return value.strip()
    if scheme.lower() != wanted:
        return _other_scheme(scheme, rest, wanted)
    if not rest:
        return f"{scheme} with {_EMPTY}"
    if is_no_key(rest):
        return f"{scheme} {rest}"
    return _of_bearer(rest) if wanted == "bearer" else _of_basic(rest, users)


def _other_scheme(scheme: str, rest: str, wanted: str) -> str:
    if not rest:
        return f"a value without the word {wanted.capitalize()} before it"
    # What stands before the blank may be a part of the secret, where it is no known word.
    known = {"bearer", "basic", "token", "apikey", "key", "digest", "jwt", "api-key", "bearer:"}
    return f"the scheme {scheme}" if scheme.lower() in known else "another scheme"


def _of_bearer(text: str) -> str | None:
    if _TOKEN.fullmatch(text):
        return None
    first = text.split(maxsplit=1)[0].lower()
    if first in {"bearer", "basic", "token"}:
        return f"the word {first} twice"
    return "a token with signs that none has"


def _of_basic(text: str, users: frozenset[str]) -> str | None:
    try:
        pair = base64.b64decode(text, validate=True).decode("utf-8")
    except ValueError:
        return "Basic with what is not base64"
    user, colon, secret = pair.partition(":")
    if not colon:
        return "Basic without a colon between name and password"
    if not (user and secret):
        return f"Basic without a {'password' if user else 'name'}"
    if is_no_key(user) or is_no_key(secret):
        return f"Basic with {user if is_no_key(user) else secret} in it"
    if "\n" in pair or "\r" in pair:
        return "Basic with a line break in it"
    is_user = not users or any(re.fullmatch(shape, user) for shape in users)
    return None if is_user else "Basic with another name than is documented"


def _is_taken_out(asked: Asked) -> bool:
    """Say whether a recording shows no credential because somebody took it out."""
    response = asked.heard.exchange.response
    return asked.heard.recorded and response is not None and response.status not in {401, 403}


def _wanted(way: tuple[Scheme, ...]) -> str:
    return " and ".join(_place(scheme) for _, scheme in way)


def _place(scheme: Mapping[str, Any]) -> str:
    if scheme.get("type") == "apiKey":
        return f"the {scheme.get('in')} {scheme.get('name')}".replace("query", "query parameter")
    kind = str(scheme.get("scheme", "bearer")).capitalize()
    return f"Authorization: {kind} …"


def _elsewhere(asked: Asked) -> str:
    """Return the name of a header that looks as if it were to show the credential."""
    names = [name for name, _ in asked.request.headers]
    plain = (n for n in names if is_secret_name(n) or n.lower().startswith(("auth", "x-auth")))
    found = next(plain, "")
    return f"the header {found}" if found else ""


RULE = RequestRule(
    name=_NAME,
    sentence="A credential is shown where the operation wants one, in the way that it wants it.",
    check=_check,
    source="RFC 9110, 11.4",
)
