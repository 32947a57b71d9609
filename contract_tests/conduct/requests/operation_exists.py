"""A client calls operations that there are, by methods that they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.placeholders import is_placeholder
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "operation_exists"
_NOWHERE = "The contract has no operation at this path."
_LIKE = 0.7


def _check(asked: Asked) -> Iterator[Finding]:
    if asked.request.method.upper() == "OPTIONS":
        return  # HTTP's own: it asks what there is
    if asked.operation is not None:
        yield from _without_base(asked)
    elif _is_elsewhere(asked):
        return
    elif asked.methods and not _lacks_its_id(asked):
        yield _other_method(asked)
    else:
        message, expected = _meant(asked)
        # Contracts are parts of what vendors have: what is like nothing in one may be elsewhere.
        is_far = message == _NOWHERE and not _near(asked.path, asked, cutoff=_LIKE)
        yield asked.finding(
            _NAME,
            message,
            received=asked.path or "/",
            expected=expected,
            grade=Grade.DRIFT if is_far else Grade.BREACH,
        )


def _is_elsewhere(asked: Asked) -> bool:
    """Say whether the vendor documents such an operation, which the contract leaves out."""
    method, path = asked.request.method.upper(), asked.path.removeprefix(asked.demands.prefix)
    for suffix in asked.allowances.words("suffix"):
        path = path.removesuffix(suffix)
    pairs = (each.partition(" ") for each in asked.allowances.words("elsewhere"))
    return any(
        named == method and re.fullmatch(_any_value(template), path)
        for named, _, template in pairs
    )


def _any_value(template: str) -> str:
    return "[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", template)))


def _other_method(asked: Asked) -> Finding:
    return asked.finding(
        _NAME,
        f"The path has no operation {asked.request.method}.",
        received=f"{asked.request.method} {asked.path}",
        expected=f"{' or '.join(asked.methods)} {asked.path}",
        source="RFC 9110, 15.5.6",
    )


def _without_base(asked: Asked) -> Iterator[Finding]:
    prefix, response = asked.demands.prefix, asked.heard.exchange.response
    if not prefix or asked.path.startswith(f"{prefix}/"):
        return
    if asked.allowances.says("without_base_path") or response is None or response.status != 404:
        return  # a base URL may hold the path already, and then the server knows it
    yield asked.finding(
        _NAME,
        "The path lacks that of the base URL.",
        received=asked.path,
        expected=prefix + asked.path,
    )


def _meant(asked: Asked) -> tuple[str, str]:
    """Return what is wrong with a path that nothing is at, and what could be meant."""
    method, path, prefix = asked.request.method.upper(), asked.path, asked.demands.prefix
    bare = path.rstrip("/")
    tries = (
        ("The path names nothing where an id belongs.", f"{bare}/(id)" if bare != path else ""),
        ("The path has a slash too many at its end.", bare if bare != path else ""),
        ("The path lacks the slash at its end.", f"{path}/"),
        ("The path has two slashes together.", re.sub(r"//+", "/", path)),
        ("The path of the base URL is there twice.", _once(path, prefix)),
        ("The path is written in another case.", _cased(path, asked)),
        ("There is a value without a name before the path.", _after_placeholder(path)),
    )
    for message, candidate in tries:
        if candidate and candidate != path and asked.demands.meant(method, candidate):
            return message, candidate.replace("(id)", "{id}")
    return _NOWHERE, " or ".join(_near(path, asked)) or "a path of the contract"


def _lacks_its_id(asked: Asked) -> bool:
    """Say whether `DELETE /things/` was to be `DELETE /things/{id}`."""
    method, path = asked.request.method.upper(), asked.path
    bare = path.rstrip("/")
    return bare != path and asked.demands.meant(method, f"{bare}/(id)") is not None


def _once(path: str, prefix: str) -> str:
    doubled = prefix * 2
    return path.removeprefix(prefix) if prefix and path.startswith(f"{doubled}/") else ""


def _cased(path: str, asked: Asked) -> str:
    """Return the path in the case of the contract, where it is one without parameters there."""
    known = (operation.path for operation in asked.demands.lookup.operations.values())
    for template in known:
        pattern = re.split(r"\{[^}]*\}", template)
        match = re.fullmatch("([^/]+)".join(map(re.escape, pattern)), path, re.IGNORECASE)
        if match:
            values = iter(match.groups())
            return re.sub(r"\{[^}]*\}", lambda _, rest=values: next(rest), template)  # type: ignore[misc]
    return ""


def _after_placeholder(path: str) -> str:
    first, _, rest = path.lstrip("/").partition("/")
    return f"/{rest}" if is_placeholder(first) else ""


def _near(path: str, asked: Asked, cutoff: float = 0.5) -> list[str]:
    operations = asked.demands.lookup.operations.values()
    known = list(dict.fromkeys(operation.path for operation in operations))
    return get_close_matches(path, known, n=3, cutoff=cutoff)


RULE = RequestRule(
    name=_NAME,
    sentence="A client calls only operations that the contract has, by methods that they have.",
    check=_check,
    source="RFC 9110, 15.5.5 and 15.5.6",
)
