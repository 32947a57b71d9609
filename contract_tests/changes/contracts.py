"""Two versions of a contract side by side: operations, servers, security schemes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import specs
from contract_tests.changes.change import Change, Effect
from contract_tests.changes.operations import Call, changed

Contract = Mapping[str, Any]
# Words of our own contracts that change what a server refuses.
_EXTENSIONS = ("x-unknown-query-parameters", "x-unexpected-request-body")
_SCHEME_WORDS = ("openIdConnectUrl", "flows")


def changes(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield what is different in `new`; both are resolved contracts of OpenAPI 3.0."""
    yield from _servers(old, new)
    yield from _schemes(old, new)
    for word in _EXTENSIONS:
        if old.get(word) != new.get(word):
            effect = Effect.BREAKS if new.get(word) == "refuse" else Effect.COMPATIBLE
            yield Change(word, f"{old.get(word)} → {new.get(word)}", effect)
    before, after = _calls(old), _calls(new)
    for key in [*before, *(key for key in after if key not in before)]:
        label = f"{key[0].upper()} {(after.get(key) or before[key]).path}"
        if key not in after:
            yield Change(label, "operation is gone", Effect.BREAKS)
        elif key not in before:
            yield Change(label, "new operation", Effect.COMPATIBLE)
        else:
            yield from changed(label, before[key], after[key])


def _calls(contract: Contract) -> dict[tuple[str, str], Call]:
    # The name of a path parameter is seen by nobody, so it does not tell paths apart.
    return {
        (method, re.sub(r"\{[^}]*\}", "{}", path)): Call.of(contract, path, method)
        for path, item in contract["paths"].items()
        for method in specs.METHODS
        if method in item
    }


def _servers(old: Contract, new: Contract) -> Iterator[Change]:
    before = [server["url"] for server in old.get("servers", ())]
    after = [server["url"] for server in new.get("servers", ())]
    for url in before:
        if url not in after:
            yield Change("servers", f"{url} is gone", Effect.BREAKS)
    for url in after:
        if url not in before:
            yield Change("servers", f"new address {url}", Effect.COMPATIBLE)


def _schemes(old: Contract, new: Contract) -> Iterator[Change]:
    before = old.get("components", {}).get("securitySchemes", {})
    after = new.get("components", {}).get("securitySchemes", {})
    for name in sorted({*before} & {*after}):
        for word in _SCHEME_WORDS:
            was, is_ = before[name].get(word), after[name].get(word)
            if was != is_:
                place = f"security scheme {name}"
                yield Change(place, f"{word} {was!r} → {is_!r}", Effect.BREAKS)
