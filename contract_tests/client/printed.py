"""What a person is shown: the variables that would be set, and the command that was run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence

import specs
from contract_tests.client.surroundings import Given, Own, of_own, secret_names, told
from contract_tests.wire.credential import Credential

_PORT = "http://127.0.0.1:PORT"
_MASKED = "***"
_WORDS = r"(?:token|key|secret|passw(?:or)?d|authorization|bearer)"
_OPTION = re.compile(rf"(?i)--?[\w-]*{_WORDS}[\w-]*")
# What stands after a word that names a secret, unless it is a variable that the shell fills in.
_SECRET = re.compile(
    rf"(?i)((?:{_WORDS}[\w-]*['\"]?[=:]\s*|(?<![\w-])(?:-u(?=\s+[^\s'\"]*:)|--?[\w-]*{_WORDS}[\w-]*)\s+)"
    r"['\"]?(?:(?:bearer|basic)\s+)?+)(?![-$\s])([^\s'\"]+)"
)


def environment(vendors: Sequence[str], style: str, named: Sequence[Own] = ()) -> str:
    """Return the variables that a child of these vendors is given, keys masked, in a style."""
    path = {name: specs.base_path(specs.load(name)) for name in vendors}
    shown = {name: Given(_PORT + path[name], _MASKED) for name in vendors}
    values = {**told(shown), **of_own(shown, named)}
    hidden = {name: _MASKED for name in secret_names(vendors) if name in values}
    return _STYLES[style]({**values, **hidden})


def command(args: Sequence[str], secret: Credential) -> str:
    """Return a command line as it may be shown: what looks like a secret is masked."""
    before = ["", *args]
    shown = [
        _MASKED if _is_secret(option, each) else _SECRET.sub(_hidden, secret.mask(each))
        for option, each in zip(before, args, strict=False)
    ]
    return " ".join(one if one == _MASKED else shlex.quote(one) for one in shown)


def _is_secret(option: str, value: str) -> bool:
    # Python's own -u takes nothing; that of curl takes a name and a password.
    return ":" in value if option == "-u" else _OPTION.fullmatch(option) is not None


def _hidden(found: re.Match[str]) -> str:
    return found[1] + _MASKED


def _shell(values: Mapping[str, str | None]) -> str:
    lines = (
        f"unset {name}" if value is None else f"export {name}={shlex.quote(value)}"
        for name, value in values.items()
    )
    return "".join(f"{line}\n" for line in lines)


def _dotenv(values: Mapping[str, str | None]) -> str:
    return "".join(f"{name}={value or ''}\n" for name, value in values.items())


def _json(values: Mapping[str, str | None]) -> str:
    return json.dumps(values, indent=2) + "\n"


_STYLES: Mapping[str, Callable[[Mapping[str, str | None]], str]] = {
    "shell": _shell,
    "dotenv": _dotenv,
    "json": _json,
}
