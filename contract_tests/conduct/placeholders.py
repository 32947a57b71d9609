"""What stands in a request where a program forgot to put a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.conduct.demands import Demand
from contract_tests.conduct.reading import Reading

# Nobody means these: they are how languages write the absence of a value, or of its text.
_CERTAIN = re.compile(
    r"undefined|\[object \w+\]|\$?\{+[\w.$ -]*\w[\w.$ -]*\}+|<[\w .:-]+>|%7[Bb].*%7[Dd]"
    r"|\$[A-Z][A-Z0-9_]+"
    r"|b'.*'|<.* object at 0x[0-9a-f]+>|<(?:built-in|bound|function|coroutine).*>|%\(\w+\)s|%[sd]"
)
# What samples have in the place of a key.
_NO_KEY = re.compile(
    r"todo|change[-_ ]?me|x{3,}|\*+|redacted|<[^<>]*>|\{\{[^{}]*\}\}|%[a-z_]+%|process\.env\.\w+"
    r"|os\.environ\W.*|(?:api[-_ ]?)?(?:key|token)(?:[-_ ]here)?"
    r"|(?:your|insert|enter|paste|replace)[-_ a-z]*(?:key|token|secret|password)[-_ a-z]*",
    re.IGNORECASE,
)
# A person or a thing may be called so; an id is not.
_LIKELY = re.compile(r"(?i:null|none|nan|nil|infinity|-infinity)")
_ID = re.compile(r"(?:^id|[a-z_]I[dD]|_id)s?$|^(?:id|uuid)s?$")
_SEGMENT = re.compile(r":[A-Za-z_]\w*")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A place without its value: `where` is as for parameters, or `body` with a path in it."""

    where: str
    name: str
    text: str
    path: tuple[str | int, ...] = ()
    is_certain: bool = True


def is_placeholder(text: str) -> bool:
    """Say whether a text certainly stands for a value that is missing."""
    return _CERTAIN.fullmatch(text.strip()) is not None


def is_no_key(text: str) -> bool:
    """Say whether a text stands where a key was to be put."""
    bare = text.strip()
    fitting = (_LIKELY, _NO_KEY)
    return is_placeholder(bare) or any(each.fullmatch(bare) for each in fitting)


def unfilled(given: Reading, demand: Demand, body: Any) -> Iterator[Unfilled]:
    """Yield the places of a request that nobody put a value in."""
    for parameter in demand.parameters:
        name = parameter.name.lower() if parameter.where == "header" else parameter.name
        for text in given.values.get((parameter.where, name), ()):
            is_id = parameter.where == "path" or _ID.search(parameter.name) is not None
            certain = is_placeholder(text) or (is_id and _LIKELY.fullmatch(text) is not None)
            certain |= parameter.where == "path" and _SEGMENT.fullmatch(text) is not None
            if certain or _LIKELY.fullmatch(text):
                yield Unfilled(parameter.where, name, text, is_certain=certain)
    if isinstance(body, dict | list):
        yield from _inside(body, (), "")


def _inside(value: Any, path: tuple[str | int, ...], name: str) -> Iterator[Unfilled]:
    if len(path) > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _inside(inner, (*path, key), key)
    elif isinstance(value, list):
        for index, inner in enumerate(value[:100]):
            yield from _inside(inner, (*path, index), name)
    elif isinstance(value, str) and _is_missing(value, name):
        yield Unfilled("body", name, value, path)


def _is_missing(text: str, name: str) -> bool:
    return is_placeholder(text) or (bool(_ID.search(name)) and bool(_LIKELY.fullmatch(text)))
