"""Inferred roles, and what a user's file says instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

from contract_tests.roles.model import Roles
from contract_tests.roles.read import content_of, validated

_WHOLE = "complete"
_OMITTED = "omit"


def corrected(inferred: Roles, path: Path) -> Roles:
    """Return `inferred` as the file at `path` corrects it; BadRoles if that is not understood."""
    return merged(inferred, content_of(path), path.name)


def merged(inferred: Roles, corrections: Mapping[str, Any], name: str = "roles") -> Roles:
    """Return `inferred` with `corrections` over it, which are written as in roles.yaml.

    A resource of the same name keeps what is not mentioned, null takes a role away, `omit: [pet]`
    the whole resource. Jobs, rate limits and repetitions are replaced as a whole. With
    `complete: true` nothing that was inferred counts. BadRoles if it is not understood.
    """
    given = {key: value for key, value in corrections.items() if key not in {_WHOLE, _OMITTED}}
    if corrections.get(_WHOLE):
        return validated(given, name)
    omitted = frozenset(corrections.get(_OMITTED) or ())
    known = plain(inferred)
    resources = _by_name(known.get("resources", ()), given.pop("resources", None) or ())
    kept = [resource for resource in resources if resource["name"] not in omitted]
    return validated({**known, **given, "resources": kept}, name)


def plain(record: Any) -> dict[str, Any]:
    """Return a record of roles as it is written in YAML: without what is so by default."""
    result: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.default is not MISSING and value == field.default:
            continue
        written = _written(value)
        if written not in ([], {}) or field.name == "statuses":
            result[field.name] = written
    return result


def _written(value: Any) -> Any:
    if is_dataclass(value):
        return plain(value)
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def _by_name(
    known: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    found = {resource["name"]: dict(resource) for resource in known}
    for resource in given:
        found[resource["name"]] = _over(found.get(resource["name"], {}), resource)
    return list(found.values())


def _over(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one mapping over another; null takes away, mappings are laid over mappings."""
    result = dict(known)
    for key, value in given.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = _over(result[key], value)
        elif value is None and key in result:
            del result[key]
        else:
            result[key] = value
    return result
