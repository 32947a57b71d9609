"""Inferred roles as the text of a roles.yaml, with a comment for what each was inferred from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from textwrap import indent
from typing import Any

import yaml

from contract_tests.roles.infer import Inferred, inferred
from contract_tests.roles.merge import plain

_HEAD = """\
# What the operations of this contract do to which resources, as far as its document tells.
# Correct it, and give it with --roles FILE.
# With `complete: true` this file counts alone. Without that line it is laid over what is inferred:
# a role that is null is taken away, and `omit: [name]` takes a resource away.
complete: true
"""


def explained(contract: Mapping[str, Any]) -> str:
    """Return the roles of a resolved contract as YAML that `--roles` takes."""
    return "\n".join(_lines(inferred(contract)))


def _lines(found: Inferred) -> Iterator[str]:
    yield _HEAD
    yield "resources:" if found.roles.resources else "resources: []"
    for resource in found.roles.resources:
        yield from _resource(plain(resource), found.remarks.get(resource.name, ()))
    limits = plain(found.roles).get("rate_limits")
    if limits:
        yield "\n# From the headers that the answers document.\n" + _yaml("rate_limits", limits)
    if found.left_out:
        yield "\n# Left out, because the document does not tell enough:"
        yield from (f"#   {reason}" for reason in found.left_out)
    yield ""


def _resource(resource: Mapping[str, Any], remarks: tuple[str, ...]) -> Iterator[str]:
    reasons = dict(remark.split(": ", 1) for remark in remarks)
    yield f"\n  - name: {resource['name']}"
    for key, value in resource.items():
        if key == "name":
            continue
        if key in reasons:
            yield f"    # {reasons.pop(key)}"
        yield indent(_yaml(key, value), "    ")
    for role, reason in reasons.items():
        yield f"    # {role}: {reason}"


def _yaml(key: str, value: Any) -> str:
    if not isinstance(value, list | dict):
        return f"{key}: {json.dumps(value, ensure_ascii=False)}"
    text: str = yaml.safe_dump(
        value, sort_keys=False, allow_unicode=True, width=99, default_flow_style=None
    )
    # Values of plain kinds stand in one line, in braces; what holds more is indented.
    return (
        f"{key}: {text.rstrip()}" if text[0] in "{[" else f"{key}:\n{indent(text.rstrip(), '  ')}"
    )
