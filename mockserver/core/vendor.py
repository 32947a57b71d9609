"""What a vendor declares about itself: one record a vendor, read by the rest of the house."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from mockserver.core.accounts import Account, Accounts
from mockserver.core.backend import Backend
from mockserver.core.clock import Clock
from mockserver.core.credentials import Credential
from mockserver.core.errors import ApiError
from mockserver.core.jobs import JobType
from mockserver.core.randomness import Randomness
from mockserver.core.rate_limit import Quota
from mockserver.core.remote import Presence
from mockserver.core.rounds import RoundType
from mockserver.core.site import Site
from mockserver.core.store import Kind

Enlist = Callable[[Any, Presence], Awaitable[None]]
Authenticate = Callable[[Credential | None, Accounts, Clock], Account]


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an error arose: the operationId (empty if none was found) and the request's id."""

    operation_id: str
    request_id: str


WordError = Callable[[ApiError, Situation], Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request before it is routed, as a vendor's normaliser may rewrite it.

    `segments` are the percent-decoded parts of the path below the vendor's address; `query` the
    decoded pairs of the query string in order.
    """

    method: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vendor:
    """Everything that is particular to one vendor.

    `hosts`: Host headers that mean this vendor, `*.` in front for any subdomain.
    `default_key`: what the default account uses; `curl`: options of a curl line that works, after
    which the address follows (`{base}` and `{key}` are filled in).
    `handlers`: the module whose coroutines are named as the operationIds.
    `populate`: fills a new world from its randomness.
    `authenticate`: credential → account, or ApiError; `word_error`: an ApiError and where it arose
    → the body in the vendor's shape.
    `normalise`: accepts spellings that the real vendor accepts, before routing.
    `normalise_body`: the same for a parsed body, by operationId.
    `site`: what is shown to browsers at `http://<name>.<vendor>.localhost`, which is no API.
    `jobs`: work that outlives its request, by name; `rounds`: what is measured again and again.
    `enlist`: shows an agent that has joined from another machine, online or not; called again
    and again with the same, so it changes only what differs.
    `redirects_to_slash`: a path that lacks only its final slash is answered 307.
    `headers`: sent with every answer. `request_id`: makes an id from the number of a request and
    the time in ms, sent under `request_id_header`.
    """

    name: str
    title: str
    hosts: tuple[str, ...]
    default_key: str
    credential: str
    curl: str
    handlers: ModuleType
    backend: Callable[..., Backend]
    populate: Callable[[Any], Awaitable[None]]
    authenticate: Authenticate
    word_error: WordError
    kinds: tuple[Kind, ...]
    quotas: tuple[Quota, ...] = ()
    jobs: Mapping[str, JobType] = field(default_factory=dict)
    rounds: RoundType | None = None
    headers: tuple[tuple[str, str], ...] = ()
    request_id: Callable[[Randomness, int, int], str] | None = None
    request_id_header: str = ""
    normalise: Callable[[Call], Call] | None = None
    normalise_body: Callable[[str, Any], Any] | None = None
    site: Site | None = None
    enlist: Enlist | None = None
    redirects_to_slash: bool = False
