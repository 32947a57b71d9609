"""Letters: plans, results and errors as JSON, and back into equal records.

A file that a plan names is one of the machine that measures: write its path whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from probes import errors
from probes.errors import PlanInvalid, ProbeError
from probes.network import Plan
from probes.remote.errors import AgentInvalid, AgentSilent, EngineUnreachable, LetterInvalid
from probes.remote.verbs import VERBS, verb_of

Letter = dict[str, Any]

# No whole path can be read as hexadecimal digits, so that a PEM text and a file stay apart.
_CONFIG = ConfigDict(ser_json_bytes="hex", val_json_bytes="hex", ser_json_inf_nan="constants")
_ERRORS = (
    errors.EngineClosed,
    errors.PacketError,
    errors.PermissionMissing,
    errors.PlanInvalid,
    errors.ProbeError,
    errors.RangeInvalid,
    errors.SocketUnavailable,
    errors.TargetRefused,
    errors.TargetUnresolvable,
    AgentInvalid,
    AgentSilent,
    EngineUnreachable,
    LetterInvalid,
)


def write_plan(plan: Plan[Any]) -> Letter:
    """Return the letter that asks for this plan; LetterInvalid where no letter can."""
    verb = verb_of(plan)
    if verb is None:
        raise LetterInvalid(f"No letter can carry a {type(plan).__name__}.")
    return {"verb": verb, "plan": _written(plan)}


def read_plan(letter: Any) -> Plan[Any]:
    """Return the plan that is asked for; LetterInvalid, or PlanInvalid for an impossible one."""
    verb = _verb(letter)
    plan: Plan[Any] = _read(VERBS[verb].plan, letter.get("plan"), f"{verb} plan")
    return plan


def write_result(verb: str, result: object) -> Letter:
    """Return the letter that tells this result."""
    return {"verb": verb, "result": _written(result)}


def write_error(error: ProbeError) -> Letter:
    """Return the letter that tells why there is no result."""
    kind = next(kind for kind in type(error).__mro__ if kind in _ERRORS)
    return {"error": kind.__name__, "text": str(error), "details": _plain(vars(error))}


def read_answer(letter: Any) -> Any:
    """Return the result that a letter tells, or raise the error that it tells."""
    if isinstance(letter, Mapping) and "error" in letter:
        raise _error(letter)
    verb = _verb(letter)
    return _read(VERBS[verb].result, letter.get("result"), f"{verb} result")


def _plain(details: Mapping[str, Any]) -> Letter:
    return {name: text for name, text in details.items() if isinstance(text, str | int | float)}


def _verb(letter: Any) -> str:
    verb = letter.get("verb") if isinstance(letter, Mapping) else None
    if not isinstance(verb, str) or verb not in VERBS:
        known = ", ".join(VERBS)
        raise LetterInvalid(f"The letter asks for {str(verb)[:40]!r}: expected one of {known}.")
    return verb


def _error(letter: Mapping[str, Any]) -> ProbeError:
    named = {kind.__name__: kind for kind in _ERRORS}
    kind = named.get(str(letter["error"]), ProbeError)
    # The text is told as it was: constructors would only put it together from its parts again.
    error = kind.__new__(kind, str(letter.get("text", "")))
    vars(error).update(letter.get("details") or {})
    return error


@cache
def _adapter(kind: Any) -> TypeAdapter[tuple[Any]]:
    # A dataclass alone takes no configuration; within a tuple it does.
    return TypeAdapter(tuple[kind], config=_CONFIG)


def _written(record: Any) -> Any:
    kind: Any = type(record)
    return _adapter(kind).dump_python((record,), mode="json")[0]


def _read(kind: Any, value: Any, what: str) -> Any:
    try:
        return _adapter(kind).validate_json(json.dumps([value]))[0]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"][1:])) or what
        raise LetterInvalid(f"The {what} cannot be read: {place}: {first['msg']}.") from None
    except PlanInvalid:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise LetterInvalid(f"The {what} cannot be read: {error}.") from None
