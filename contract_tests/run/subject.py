"""What a server is held to: a vendor's contract or a file's, with its roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import specs
from contract_tests import foreign
from contract_tests.foreign import BadContract
from contract_tests.roles.explain import explained
from contract_tests.roles.infer import infer
from contract_tests.roles.merge import corrected, plain
from contract_tests.roles.model import Roles
from contract_tests.roles.read import BadRoles, read, roles_of

# Where a record of roles holds an operationId.
_OPERATIONS = frozenset({"operation", "single", "start"})


class NoSubject(Exception):
    """There is nothing to hold a server to; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A contract by the name of its vendor, or of its file; `roles_file` is the user's own."""

    name: str
    contract: specs.Contract
    roles: Roles
    vendor: str = ""
    file: Path | None = None
    roles_file: Path | None = None

    @property
    def base_path(self) -> str:
        """The path of the base URL, e.g. `/v6`."""
        return specs.base_path(self.contract)


def subject_of(vendor: str, file: Path | None = None, roles: Path | None = None) -> Subject:
    """Load a vendor's contract, or the one in a file; NoSubject if that cannot be."""
    try:
        if file is not None:
            return _check(_of_file(file, roles))
        contract = specs.load(vendor)
        own = read(roles) if roles else roles_of(vendor)
        return _check(Subject(vendor, contract, own, vendor, specs.path_of(vendor), roles))
    except (specs.UnknownVendor, BadRoles, BadContract) as error:
        raise NoSubject(str(error)) from None
    except OSError as error:
        raise NoSubject(f"{error.filename}: {error.strerror}") from None


def _of_file(file: Path, roles: Path | None) -> Subject:
    contract = foreign.load(file)
    known = infer(contract)
    return Subject(
        file.stem, contract, corrected(known, roles) if roles else known, "", file, roles
    )


def explanation(subject: Subject) -> str:
    """Return the roles as a file that can be saved, corrected and given with `--roles`."""
    own = subject.roles_file or (
        specs.path_of(subject.vendor).parent / "roles.yaml" if subject.vendor else None
    )
    if own is None:
        return explained(subject.contract)
    return own.read_text("utf-8") if own.exists() else "# no roles: nothing is known\n"


def _check(subject: Subject) -> Subject:
    known = {row.operation_id for row in specs.rows(subject.contract)}
    unknown = next((name for name in _named(plain(subject.roles)) if name not in known), None)
    if unknown is not None:
        raise NoSubject(f"the roles name {unknown}, an operation that the contract has not")
    return subject


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _OPERATIONS and isinstance(inner, str) and inner:
                yield inner
            yield from _named(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _named(inner)
