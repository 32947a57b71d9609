"""One operation of a contract, made ready at start so that little is left to do per request."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.asgi.parameters import Parameter
from mockserver.asgi.schema import Checker
from mockserver.core.rate_limit import Quota

if TYPE_CHECKING:
    from connexion.operations import AbstractOperation

Handler = Callable[..., Awaitable[Any]]
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class BodyRule:
    """Which bodies an operation takes: a checker for each media type."""

    required: bool
    checkers: Mapping[str, Checker]


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """One way to show a credential."""

    kind: str
    header: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What the stages need to know of an operation.

    `takes` names the arguments that the handler wants; others are checked and left out.
    `answers` maps each documented status to the checker of its JSON, or None where it has no body.
    The handler of an operation that is a redirect returns the address that it leads to.
    """

    id: str
    handler: Handler
    takes: frozenset[str]
    parameters: tuple[Parameter, ...]
    query_names: frozenset[str]
    refuses_unknown_query: bool
    refuses_bodies: bool
    body: BodyRule | None
    schemes: tuple[SecurityScheme, ...]
    quotas: tuple[Quota, ...]
    success_status: int
    answers: Mapping[str, Checker | None]

    @property
    def is_redirect(self) -> bool:
        """Whether it never answers but with another address."""
        return 300 <= self.success_status < 400


def compile_operation(
    source: AbstractOperation, root: Mapping[str, Any], quotas: tuple[Quota, ...]
) -> Operation:
    """Make Connexion's `source` ready; `root` is the whole document."""
    parameters = tuple(Parameter.of(spec) for spec in source.parameters)
    responses: Mapping[str, Any] = source.responses
    # Where an operation only leads elsewhere, that is its success.
    successes = [status for status in responses if status.startswith("2")] or [
        status for status in responses if status.startswith("3")
    ]
    if len(successes) != 1:
        raise ValueError(f"{source.operation_id} documents {len(successes)} successes, not one")
    return Operation(
        id=source.operation_id,
        handler=source.function,
        takes=frozenset(inspect.signature(source.function).parameters),
        parameters=parameters,
        query_names=frozenset(p.name for p in parameters if p.where == "query"),
        refuses_unknown_query=root.get("x-unknown-query-parameters") == "refuse",
        refuses_bodies=root.get("x-unexpected-request-body") == "refuse",
        body=_body_rule(source.request_body),
        schemes=tuple(_scheme(source, choice) for choice in source.security or ()),
        quotas=quotas,
        success_status=int(successes[0]),
        answers={status: _answer_checker(answer) for status, answer in responses.items()},
    )


def _body_rule(body: Mapping[str, Any]) -> BodyRule | None:
    if not body:
        return None
    checkers = {kind: Checker(media["schema"]) for kind, media in body["content"].items()}
    return BodyRule(bool(body.get("required")), checkers)


def _answer_checker(answer: Mapping[str, Any]) -> Checker | None:
    media = answer.get("content", {}).get(JSON)
    return Checker(media["schema"]) if media else None


def _scheme(source: AbstractOperation, choice: Mapping[str, Any]) -> SecurityScheme:
    if len(choice) != 1:
        raise ValueError(f"{source.operation_id}: one scheme for each choice of security")
    scheme = source.security_schemes[next(iter(choice))]
    if scheme["type"] == "apiKey" and scheme["in"] == "header":
        return SecurityScheme("apikey", scheme["name"].lower())
    if scheme["type"] == "http" and scheme["scheme"].lower() in {"basic", "bearer"}:
        return SecurityScheme(scheme["scheme"].lower(), "authorization")
    raise ValueError(f"{source.operation_id}: security scheme {scheme} is not understood")
