"""Journeys as small files: TOML or JSON, read strictly.

    url = "http://127.0.0.1:8080/"

    [[steps]]
    name = "log in"
    fill = "#user"
    value = "ada"

A step has one verb, whose value is the first thing that the verb wants; what else it wants are
keys beside it. Whatever is not understood is an error that names what would be.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, cast

from probes.browser.settings import BrowserSettings
from probes.errors import PlanInvalid
from probes.transaction.actions import VERBS, Action, Step
from probes.transaction.plan import TransactionPlan

LARGEST = 1_000_000

_TOP = ("url", "steps", "timeout_s", "step_timeout_s", "screenshot_on_failure", "browser")
_STEP = ("name", "timeout_s")
_NUMBERS = ("timeout_s", "step_timeout_s")


def read_script(path: str | Path) -> TransactionPlan:
    """Read a file that ends in .toml or .json; PlanInvalid where it is no journey."""
    place = Path(path)
    try:
        if place.stat().st_size > LARGEST:
            raise PlanInvalid(f"{path}: expected at most {LARGEST} bytes.")
        text = place.read_text("utf-8")
        document = json.loads(text) if place.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise PlanInvalid(f"{path} cannot be read as a journey: {error}.") from None
    return parse_script(document)


def parse_script(document: Any) -> TransactionPlan:
    """Turn a document of tables and lists into a plan; PlanInvalid says what is wrong with it."""
    table = _table(document, "A journey")
    _known(table, _TOP, "The journey")
    steps = table.get("steps")
    if not isinstance(steps, list):
        raise PlanInvalid("The journey has no steps: expected a list of tables named steps.")
    given = {name: table[name] for name in _NUMBERS if name in table}
    for name, value in given.items():
        _check_type(name, value, "float")
    failing = table.get("screenshot_on_failure", False)
    _check_type("screenshot_on_failure", failing, "bool")
    return TransactionPlan(
        target=_text(table, "url", "The journey"),
        steps=tuple(_step(number, step) for number, step in enumerate(steps, 1)),
        screenshot_on_failure=failing,
        browser=_browser(table.get("browser", {})),
        **given,
    )


def _step(number: int, document: Any) -> Step:
    who = f"Step {number}"
    table = _table(document, who)
    verbs = [key for key in table if key in VERBS]
    if len(verbs) != 1:
        unknown = [key for key in table if key not in (*VERBS, *_STEP)]
        said = f"has the verbs {', '.join(verbs)}" if verbs else f"has no verb, but {unknown}"
        raise PlanInvalid(f"{who} {said}: expected one of {', '.join(VERBS)}.")
    timeout_s = table.get("timeout_s")
    if timeout_s is not None:
        _check_type("timeout_s", timeout_s, "float")
    name = table.get("name", f"{number} {verbs[0]}")
    _check_type(f"{who}: name", name, "str")
    return Step(name, _action(who, verbs[0], table), timeout_s)


def _action(who: str, verb: str, table: Mapping[str, Any]) -> Action:
    kind = VERBS[verb]
    wanted = fields(kind)
    beside = [field.name for field in wanted[1:]]
    _known(table, (verb, *beside, *_STEP), f"{who} ({verb})")
    if not wanted:
        if table[verb] is not True:
            raise PlanInvalid(f"{who}: {verb} takes nothing: expected {verb} = true.")
        return cast("Action", kind())
    missing = [f.name for f in wanted[1:] if f.default is MISSING and f.name not in table]
    if missing:
        raise PlanInvalid(f"{who}: {verb} also needs {', '.join(missing)}.")
    values = {wanted[0].name: table[verb]} | {n: table[n] for n in beside if n in table}
    _check_fields(f"{who} ({verb})", wanted, values)
    return cast("Action", kind(**values))


def _browser(document: Any) -> BrowserSettings:
    table = _table(document, "The table browser")
    _known(table, tuple(field.name for field in fields(BrowserSettings)), "The table browser")
    values = {name: _tuples(value) for name, value in table.items()}
    try:
        return BrowserSettings(**values)
    except (TypeError, ValueError, AttributeError) as error:
        raise PlanInvalid(f"The table browser holds a value of a wrong type: {error}.") from None


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _check_fields(who: str, wanted: tuple[Field[Any], ...], values: Mapping[str, Any]) -> None:
    for field in wanted:
        if field.name in values:
            _check_type(f"{who}: {field.name}", values[field.name], str(field.type))


def _check_type(what: str, value: Any, kind: str) -> None:
    allowed = {"str": (str,), "float": (int, float), "bool": (bool,)}[kind]
    if not isinstance(value, allowed) or (kind == "float" and isinstance(value, bool)):
        words = {"str": "a text", "float": "a number", "bool": "true or false"}[kind]
        raise PlanInvalid(f"{what} is {str(value)[:80]!r}: expected {words}.")


def _table(document: Any, who: str) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        raise PlanInvalid(f"{who} is {str(document)[:80]!r}: expected a table.")
    return document


def _known(table: Mapping[str, Any], names: tuple[str, ...], who: str) -> None:
    unknown = [str(key)[:80] for key in table if key not in names]
    if unknown:
        raise PlanInvalid(f"{who} has {', '.join(unknown)}: known are {', '.join(names)}.")


def _text(table: Mapping[str, Any], key: str, who: str) -> str:
    if key not in table:
        raise PlanInvalid(f"{who} has no {key}.")
    value = table[key]
    _check_type(key, value, "str")
    return str(value)
