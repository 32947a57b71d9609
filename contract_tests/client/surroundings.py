"""What a client is told by its environment: addresses, credentials, and no secret of anybody's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

import specs
from contract_tests.client.world import ACCOUNT, World

PREFIX = "CONTRACT_TESTS"
USER = "mock@example.com"
_HOOKS = Path(__file__).parent / "hooks"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_FILE = "client.yaml"


class BadVariables(Exception):
    """A file of variables cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that clients of a vendor read: `gives` is a key of `KINDS`, or `nothing`."""

    name: str
    gives: str
    source: str


@dataclass(frozen=True, slots=True)
class Given:
    """One vendor as a client is told of it."""

    url: str
    key: str


KINDS: Mapping[str, Callable[[Given], str]] = {
    "url": lambda given: given.url,
    "origin": lambda given: given.url.removesuffix(urlsplit(given.url).path),
    "host": lambda given: urlsplit(given.url).netloc,
    "key": lambda given: given.key,
    "user": lambda _: USER,
    "login": lambda _: ACCOUNT,
}
_SECRET = frozenset({"key"})
_NOTHING = "nothing"


def variables(vendor: str) -> tuple[Variable, ...]:
    """Return the variables of a vendor: those of every vendor, then those beside its contract."""
    word = vendor.upper().replace("-", "_")
    common = (
        Variable(f"{PREFIX}_URL_{word}", "url", "decision"),
        Variable(f"{PREFIX}_KEY_{word}", "key", "decision"),
    )
    return (*common, *_read(specs.path_of(vendor).parent / _FILE))


def told(vendors: Mapping[str, Given]) -> dict[str, str | None]:
    """Return variables and their values; None takes one away, whatever it was."""
    found: dict[str, str | None] = {}
    for vendor, given in vendors.items():
        for variable in variables(vendor):
            gives = KINDS.get(variable.gives)
            found[variable.name] = gives(given) if gives else None
    if len(vendors) == 1:
        (only,) = vendors.values()
        found |= {f"{PREFIX}_URL": only.url, f"{PREFIX}_KEY": only.key}
    return found


@dataclass(frozen=True, slots=True)
class Own:
    """A variable that a user names: what it gives, and of which vendor."""

    name: str
    vendor: str
    gives: str


def own(text: str, vendors: Sequence[str]) -> Own:
    """Read `NAME=GIVES`, or `NAME=VENDOR.GIVES` where there are several; BadVariables."""
    name, _, meant = text.partition("=")
    vendor, _, gives = meant.rpartition(".")
    vendor = vendor or (vendors[0] if len(vendors) == 1 else "")
    if not name or gives not in KINDS or vendor not in vendors:
        kinds, every = ", ".join(KINDS), ", ".join(vendors)
        raise BadVariables(f"--set {text}: NAME=VENDOR.GIVES, one of {every} and of {kinds}")
    return Own(name, vendor, gives)


def of_own(vendors: Mapping[str, Given], named: Iterable[Own]) -> dict[str, str]:
    """Return the values of variables that a user names."""
    return {one.name: KINDS[one.gives](vendors[one.vendor]) for one in named}


def secret_names(vendors: Iterable[str]) -> frozenset[str]:
    """Return the variables that hold keys."""
    every = (variable for vendor in vendors for variable in variables(vendor))
    named = {variable.name for variable in every if variable.gives in _SECRET}
    return frozenset({*named, f"{PREFIX}_KEY"})


def given(world: World) -> dict[str, Given]:
    """Return each vendor of a world as a client is told of it: with the path of its base URL."""
    return {
        name: Given(url + specs.base_path(specs.load(name)), world.keys[name])
        for name, url in world.urls.items()
    }


def surroundings(
    world: World,
    inherited: Mapping[str, str] = os.environ,
    *,
    has_hook: bool = True,
    named: Iterable[Own] = (),
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return a child's whole environment: what is inherited, with what we tell in its place."""
    found, vendors = dict(inherited), given(world)
    set_ = {**_without_proxies(inherited), **told(vendors), **of_own(vendors, named)}
    set_ |= more or {}
    if has_hook:
        set_ |= hooked(inherited, world)
    for name, value in set_.items():
        found.pop(name, None)
        if value is not None:
            found[name] = value
    return found


def hooked(inherited: Mapping[str, str], world: World) -> dict[str, str]:
    """Return what lets Python and Node tell the line that sends a request."""
    paths = [str(_HOOKS / "python"), *filter(None, [inherited.get("PYTHONPATH")])]
    node = f"--require={_HOOKS / 'node' / 'caller.cjs'}"
    options = " ".join(filter(None, [inherited.get("NODE_OPTIONS"), _quoted(node)]))
    # Hosts, so that the header goes nowhere else.
    hosts = sorted({urlsplit(url).netloc for url in world.urls.values()} | {*world.hosts})
    return {
        "PYTHONPATH": os.pathsep.join(paths),
        "NODE_OPTIONS": options,
        f"{PREFIX}_HOSTS": ",".join(hosts),
    }


def _without_proxies(inherited: Mapping[str, str]) -> dict[str, str]:
    """Name ourselves among the addresses that no proxy is asked for."""
    return {
        name: ",".join(filter(None, [inherited.get(name), *_LOOPBACK]))
        for name in ("NO_PROXY", "no_proxy")
    }


def _quoted(option: str) -> str:
    return f'"{option}"' if " " in option else option


def _read(path: Path) -> tuple[Variable, ...]:
    if not path.exists():
        return ()
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
        found = tuple(
            Variable(str(name), str(row["gives"]), str(row["source"]))
            for name, row in content.items()
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise BadVariables(f"{path}: expected NAME: {{gives: …, source: …}}: {error}") from None
    unknown = [one.name for one in found if one.gives not in {*KINDS, _NOTHING}]
    if unknown:
        kinds = ", ".join([*KINDS, _NOTHING])
        raise BadVariables(f"{path}: {unknown[0]} gives what nobody knows: there are {kinds}")
    return found
