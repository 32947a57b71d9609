"""Roles from a file: the one beside a vendor's contract, or a user's."""

from __future__ import annotations

from pathlib import Path

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
    try:
        return _ROLES.validate_python(yaml.safe_load(path.read_text("utf-8")) or {})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadRoles(f"{path.name}: {place}: {first['msg']}") from None
    except yaml.YAMLError as error:
        raise BadRoles(f"{path.name}: not YAML: {error}") from None
