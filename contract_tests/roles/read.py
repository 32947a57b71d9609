"""Roles from a file: the one beside a vendor's contract, or a user's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

import specs
from contract_tests.roles.model import Roles

_ROLES = TypeAdapter(Roles)


class BadRoles(Exception):
    """A file of roles says something that is not understood; the message names file and place."""


def roles_of(vendor: str) -> Roles:
    """Return the roles beside a vendor's contract; none at all where there is no such file."""
    path = specs.path_of(vendor).parent / "roles.yaml"
    return read(path) if path.exists() else Roles()


def read(path: Path) -> Roles:
    """Return the roles in a YAML file; BadRoles names the first thing that is not understood."""
    return validated(content_of(path), path.name)


def content_of(path: Path) -> Mapping[str, Any]:
    """Return what a YAML file of roles says, not yet understood; BadRoles if it says nothing."""
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
    except yaml.YAMLError as error:
        raise BadRoles(f"{path.name}: not YAML: {error}") from None
    except (OSError, UnicodeError) as error:
        raise BadRoles(f"{path.name}: cannot be read: {error}") from None
    if not isinstance(content, Mapping):
        raise BadRoles(f"{path.name}: not a mapping such as `resources: […]`")
    return content


def validated(content: Mapping[str, Any], name: str) -> Roles:
    """Return the roles that `content` says; BadRoles names the first place not understood."""
    try:
        return _ROLES.validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadRoles(f"{name}: {place}: {first['msg']}") from None
