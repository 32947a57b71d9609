"""How the few values are written that pydantic cannot read off their types."""

from __future__ import annotations

import base64
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import core_schema


def action_schema() -> core_schema.CoreSchema:
    """Return how a step's action is written: its verb, and its fields beside it."""
    return core_schema.no_info_plain_validator_function(
        _read_action,
        serialization=core_schema.plain_serializer_function_ser_schema(_written_action),
    )


def screenshot_schema() -> core_schema.CoreSchema:
    """Return how a picture is written: base64."""
    return core_schema.no_info_plain_validator_function(
        _read_screenshot,
        serialization=core_schema.plain_serializer_function_ser_schema(
            lambda picture: base64.b64encode(picture.png).decode()
        ),
    )


def _written_action(action: Any) -> dict[str, Any]:
    from probes.transaction.actions import verb_of  # noqa: PLC0415 - it imports this module

    fields: dict[str, Any] = TypeAdapter(type(action)).dump_python(action)
    return {"verb": verb_of(action), **fields}


def _read_action(value: Any) -> Any:
    from probes.transaction.actions import VERBS, Action  # noqa: PLC0415 - as above

    if isinstance(value, Action):
        return value
    if not isinstance(value, dict) or value.get("verb") not in VERBS:
        raise ValueError("expected an action with one of the known verbs")
    fields = {name: given for name, given in value.items() if name != "verb"}
    return TypeAdapter(VERBS[value["verb"]]).validate_python(fields)


def _read_screenshot(value: Any) -> Any:
    from probes.browser.screenshot import Screenshot  # noqa: PLC0415 - as above

    if isinstance(value, Screenshot):
        return value
    if not isinstance(value, str):
        raise ValueError("expected a picture in base64")  # noqa: TRY004 - what pydantic catches
    return Screenshot(base64.b64decode(value, validate=True))
