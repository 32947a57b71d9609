"""Our own answers against the contract: an answer that breaks it is a fault of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.asgi.operation import Operation

# What any HTTP server may answer, whatever the contract of an operation says.
_ANYWHERE = frozenset({405, 408, 413, 500, 507})


def breach(operation: Operation, status: int, value: object) -> str | None:
    """Say how an answer breaks the contract of `operation`, None if it does not.

    `value` is what becomes the JSON of the answer, None if it has no body.
    """
    place = f"{operation.id} {status}"
    if str(status) not in operation.answers:
        return None if status in _ANYWHERE else f"{place}: the contract knows no such status"
    checker = operation.answers[str(status)]
    if checker is None:
        return None if value is None else f"{place}: the contract knows no body"
    if checker.accepts(value):
        return None
    first, *others = checker.violations("answer", "", value)
    more = f", and {len(others)} more" if others else ""
    return f"{place}: {first.sentence()}{more}"
