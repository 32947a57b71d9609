"""Where credentials come from: environment variables, then the keyring; never an argument."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.wire.credential import NOBODY, Credential, joined, placed
from contract_tests.wire.ring import Ring

Environment = Mapping[str, str]
Scheme = tuple[str, Mapping[str, Any]]
Remembered = Callable[[str], str | None]

_SERVICE = "contract-tests"
_KINDS = ("API_KEY", "API_TOKEN", "TOKEN")
_USERS = ("USER", "EMAIL")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose key is looked for: of a vendor, or of a file's contract, first or second account."""

    name: str
    is_vendor: bool = True
    is_second: bool = False

    def variables(self, scheme: str = "") -> tuple[str, ...]:
        """Return the variables that may hold a key, in the order in which they are asked."""
        plain = "CONTRACT_TESTS_OTHER_KEY" if self.is_second else "CONTRACT_TESTS_KEY"
        if self.is_vendor:
            own = [f"{_word(self.name)}_{kind}" for kind in _KINDS]
            return (*(name + self._suffix for name in own), plain)
        return (f"CONTRACT_TESTS_{_word(scheme)}{self._suffix}", plain)

    def users(self) -> tuple[str, ...]:
        """Return the variables that may hold the user's name that Basic wants."""
        own = [f"{_word(self.name)}_{kind}{self._suffix}" for kind in _USERS]
        general = f"CONTRACT_TESTS_USER{self._suffix}"
        return (*own, general) if self.is_vendor else (general,)

    @property
    def entry(self) -> str:
        """The name of the entry in the keyring."""
        return self.name + ("-2" if self.is_second else "")

    @property
    def _suffix(self) -> str:
        return "_2" if self.is_second else ""


def choices(contract: Mapping[str, Any]) -> list[tuple[Scheme, ...]]:
    """Return the ways to authenticate that a contract names, each the schemes it takes together.

    Empty where nothing wants a credential.
    """
    operations = [definition for _, definition in _operations(contract)]
    wanted = [contract, *operations]
    return _ways(contract, [way for each in wanted for way in each.get("security") or []])


def ring(
    contract: Mapping[str, Any],
    owner: Owner,
    environment: Environment,
    remembered: Remembered | None = None,
) -> Ring | None:
    """Return the credentials for all operations, or None where there is none for any."""
    held = {
        _names(way): _whole(way, owner, environment, remembered or from_keyring)
        for way in choices(contract)
    }
    first = next((credential for credential in held.values() if credential), None)
    if first is None:
        return None
    each, wanting = dict[str, Credential](), dict[str, str]()
    for name, demanded in _demands(contract):
        ways = _ways(contract, demanded)
        fitting = [found for way in ways if (found := held[_names(way)])]
        if first in fitting or not ways:
            continue
        if fitting or not all(demanded):
            each[name] = fitting[0] if fitting else NOBODY
        else:
            wanting[name] = _missing(ways, owner, environment)
    return Ring(first, each, wanting)


def with_key(contract: Mapping[str, Any], variable: str, key: str) -> Credential | None:
    """Return a key in the first way of a contract that takes just one, or None."""
    for way in choices(contract):
        if len(way) == 1 and not _is_basic(way[0][1]):
            return placed(way[0][1], variable, key)
    return None


def from_keyring(entry: str) -> str | None:
    """Return what the user's keyring remembers under the service `contract-tests`, if anything."""
    try:
        import keyring  # noqa: PLC0415  (optional, and slow to load)

        return keyring.get_password(_SERVICE, entry)
    except Exception:  # noqa: BLE001  (a keyring that is locked or broken is one without a key)
        return None


def asked(contract: Mapping[str, Any], owner: Owner) -> list[str]:
    """Return the variables that would be looked at, to be named to a person."""
    names = [name for way in choices(contract) for name in _names(way)]
    return list(dict.fromkeys(v for name in names or [""] for v in owner.variables(name)))


def _part(
    scheme: Scheme, owner: Owner, environment: Environment, remembered: Remembered
) -> Credential | None:
    name, definition = scheme
    variables = owner.variables(name)
    held = next((v for v in variables if environment.get(v)), None)
    secret = environment[held] if held else remembered(owner.entry)
    if not secret:
        return None
    user_variable = next((v for v in owner.users() if environment.get(v)), "")
    user = environment.get(user_variable, "")
    if _is_basic(definition) and not user and ":" not in secret:
        return None
    try:
        return placed(definition, held or variables[0], secret, user, user_variable)
    except ValueError:
        return None


def _demands(contract: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield what each operation with a name demands: its own, else the document's."""
    for name, definition in _operations(contract):
        if name:
            yield name, definition.get("security", contract.get("security")) or []


def _whole(
    way: tuple[Scheme, ...], owner: Owner, environment: Environment, remembered: Remembered
) -> Credential | None:
    parts = [_part(scheme, owner, environment, remembered) for scheme in way]
    whole = tuple(part for part in parts if part is not None)
    return joined(whole) if len(whole) == len(way) else None


def _missing(ways: list[tuple[Scheme, ...]], owner: Owner, environment: Environment) -> str:
    """Say what to set for an operation, by the first of the ways that it takes."""
    lacking = [
        f"{name} (${owner.variables(name)[0]})"
        for name, _ in ways[0]
        if not any(environment.get(variable) for variable in owner.variables(name))
    ]
    names = " and ".join(lacking or _names(ways[0]))
    return f"it wants a key for {names}, and there is none"


def _ways(contract: Mapping[str, Any], demanded: Iterable[Any]) -> list[tuple[Scheme, ...]]:
    """Return requirements as their schemes, each once, in the order of the document."""
    schemes = contract.get("components", {}).get("securitySchemes", {})
    ways = [
        tuple((name, schemes[name]) for name in way)
        for way in demanded
        if way and {*way} <= {*schemes}
    ]
    return list(dict(zip(map(_names, ways), ways, strict=True)).values())


def _operations(contract: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield operationIds and definitions."""
    items: Iterable[Mapping[str, Any]] = contract.get("paths", {}).values()
    for item in items:
        for definition in item.values():
            if isinstance(definition, Mapping):
                yield str(definition.get("operationId", "")), definition


def _names(way: tuple[Scheme, ...]) -> tuple[str, ...]:
    return tuple(name for name, _ in way)


def _is_basic(definition: Mapping[str, Any]) -> bool:
    return "basic" in {str(definition.get("scheme")).lower(), str(definition.get("type")).lower()}


def _word(name: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
