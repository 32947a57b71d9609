"""Values held against the contract's schemas: compiled validators, findings as violations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import jsonschema_rs

from mockserver.core.errors import Violation
from specs.json_schema import Schema, compiled, to_json_schema
from specs.wording import dotted, expected

MAX_VIOLATIONS = 20


class Checker:
    """Holds values against one schema; compiled at first use, so that start-up stays short."""

    __slots__ = ("_schema", "_validator")

    def __init__(self, schema: Schema) -> None:
        """Translate `schema`; UnknownKeyword if it says something that would not be checked."""
        self._schema = to_json_schema(schema)
        self._validator: jsonschema_rs.Draft4Validator | None = None

    def accepts(self, value: object) -> bool:
        """Say whether `value` fits."""
        return self._compiled().is_valid(value)

    def violations(self, where: str, name: str, value: object) -> tuple[Violation, ...]:
        """Return the ways in which `value` does not fit, the first few if there are many."""
        validator = self._compiled()
        if validator.is_valid(value):
            return ()
        found = islice(validator.iter_errors(value), MAX_VIOLATIONS)
        return tuple(v for error in found for v in _violations(where, name, error))

    def first_violation(self, where: str, name: str, value: object) -> tuple[Violation, ...]:
        """Return one way in which `value` does not fit, if there is one.

        Finding them all takes seconds where a large value is wrong in a hundred thousand places.
        """
        try:
            self._compiled().validate(value)
        except jsonschema_rs.ValidationError as error:
            return tuple(_violations(where, name, error))
        return ()

    def _compiled(self) -> jsonschema_rs.Draft4Validator:
        if self._validator is None:
            self._validator = compiled(self._schema)
        return self._validator


def _violations(
    where: str, name: str, error: jsonschema_rs.ValidationError
) -> Iterator[Violation]:
    rule = error.kind.name
    path = dotted(name, error.instance_path)
    if rule == "required":
        missing = error.kind.as_dict()["property"]
        yield Violation(where, f"{path}.{missing}".strip("."), rule, "a value")
    else:
        yield Violation(where, path, rule, expected(error), error.instance)
