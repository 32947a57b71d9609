"""What a vendor shows to people with browsers: a visit in, a page out, as plain values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a browser to `http://<name>.<vendor>.localhost`.

    `base_url` is that address as the browser wrote it, without a slash at its end; `target` what
    follows, still percent-encoded, with the query. `form` holds the fields of a POST, `headers`
    are by lower-case name. `ip_address` is where the connection came from.
    """

    method: str
    name: str
    base_url: str
    target: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    form: Mapping[str, str]
    ip_address: str


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a browser: a status, HTML, and headers beyond those that every page has."""

    status: int
    html: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody to let in without a browser: at which endpoint, who, with what, from where."""

    name: str
    user: str
    user_agent: str
    ip_address: str


@dataclass(frozen=True, slots=True)
class Admission:
    """Somebody who was let in: the session and its user in the API, the cookie that proves it."""

    session_id: str
    session_uri: str
    user_id: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Site:
    """Both ways in: `show` answers a browser, `admit` does without one.

    Both get the account's backend inside a transaction and may raise an ApiError.
    """

    show: Callable[[Any, Visit], Awaitable[Page]]
    admit: Callable[[Any, Arrival], Awaitable[Admission]]
