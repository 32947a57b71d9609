"""One edit anywhere in a schema of our contracts is found, and classified by its direction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import specs
from contract_tests.changes import Change, Effect, changes

Node = dict[str, Any]
Edit = Callable[[Node, str, str], Effect]
REQUEST = "request"
BREAKS, MAY, FINE = Effect.BREAKS, Effect.MAY_BREAK, Effect.COMPATIBLE


@dataclass(frozen=True)
class Spot:
    """An object's schema somewhere in a contract: keys that lead there, and who writes it."""

    keys: tuple[Any, ...]
    side: str

    def of(self, contract: Node) -> Node:
        node: Any = contract
        for key in self.keys:
            node = node[key]
        found: Node = node
        return found


@cache
def loaded(vendor: str) -> Node:
    return specs.load(vendor)


@cache
def spots(vendor: str) -> tuple[Spot, ...]:
    """Return every object that is part of a body, but for those within alternatives."""
    contract = loaded(vendor)
    found = []
    for path, item in contract["paths"].items():
        for method in specs.METHODS:
            if method in item:
                at = ("paths", path, method)
                for keys, holder in _holders(item[method], at):
                    side = REQUEST if "requestBody" in keys else "answer"
                    found += [Spot(k, side) for k in _objects(holder, keys)]
    return tuple(found)


def _holders(operation: Node, at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Node]]:
    answers = [(("responses", status), a) for status, a in operation["responses"].items()]
    for keys, holder in [(("requestBody",), operation.get("requestBody", {})), *answers]:
        for media, content in holder.get("content", {}).items():
            yield (*at, *keys, "content", media, "schema"), content["schema"]


def _objects(schema: Node, keys: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if schema.get("properties") and "allOf" not in schema:
        yield keys
    for name, inner in schema.get("properties", {}).items():
        if not (inner.get("readOnly") or inner.get("writeOnly")):
            yield from _objects(inner, (*keys, "properties", name))
    if "items" in schema:
        yield from _objects(schema["items"], (*keys, "items"))


class Unfit(Exception):
    """An edit has nothing to do at a place."""


def fits(condition: Any) -> None:
    if not condition:
        raise Unfit


def drop(node: Node, name: str, side: str) -> Effect:
    needed = name in node.get("required", ())
    del node["properties"][name]
    node["required"] = [n for n in node.get("required", ()) if n != name]
    if side == REQUEST:
        return BREAKS if node.get("additionalProperties") is False else MAY
    return BREAKS if needed else MAY


def add(node: Node, name: str, side: str) -> Effect:
    node["properties"]["brand_new"] = {"type": "string"}
    return FINE


def add_required(node: Node, name: str, side: str) -> Effect:
    node["properties"]["brand_new"] = {"type": "string"}
    node["required"] = [*node.get("required", ()), "brand_new"]
    return BREAKS if side == REQUEST else FINE


def require(node: Node, name: str, side: str) -> Effect:
    fits(name not in node.get("required", ()))
    node["required"] = [*node.get("required", ()), name]
    return BREAKS if side == REQUEST else FINE


def relax(node: Node, name: str, side: str) -> Effect:
    fits(name in node.get("required", ()))
    node["required"] = [n for n in node["required"] if n != name]
    return FINE if side == REQUEST else BREAKS


def retype(node: Node, name: str, side: str) -> Effect:
    inner = _leaf(node, name)
    inner["type"] = "boolean" if inner["type"] != "boolean" else "string"
    return BREAKS


def widen_type(node: Node, name: str, side: str) -> Effect:
    inner = _leaf(node, name)
    fits(inner["type"] == "integer")
    inner["type"] = "number"
    return FINE if side == REQUEST else BREAKS


def allow_null(node: Node, name: str, side: str) -> Effect:
    inner = _leaf(node, name)
    fits(not inner.get("nullable"))
    inner["nullable"] = True
    return FINE if side == REQUEST else BREAKS


def refuse_null(node: Node, name: str, side: str) -> Effect:
    inner = _leaf(node, name)
    fits(inner.get("nullable"))
    inner["nullable"] = False
    return BREAKS if side == REQUEST else FINE


def new_word(node: Node, name: str, side: str) -> Effect:
    inner = _leaf(node, name)
    fits("enum" in inner)
    inner["enum"] = [*inner["enum"], "brand new"]
    return FINE if side == REQUEST else MAY


def lost_word(node: Node, name: str, side: str) -> Effect:
    inner = _leaf(node, name)
    fits(len(inner.get("enum", ())) > 1)
    inner["enum"] = inner["enum"][1:]
    return BREAKS if side == REQUEST else FINE


def shorten(node: Node, name: str, side: str) -> Effect:
    inner = _leaf(node, name)
    fits(inner["type"] == "string")
    inner["maxLength"] = inner.get("maxLength", 4) - 1
    return BREAKS if side == REQUEST else FINE


def unbound(node: Node, name: str, side: str) -> Effect:
    inner = _leaf(node, name)
    known = [word for word in ("minimum", "maximum", "maxLength", "minLength") if word in inner]
    fits(known)
    del inner[known[0]]
    return FINE if side == REQUEST else MAY


def other_default(node: Node, name: str, side: str) -> Effect:
    _leaf(node, name)["default"] = "something else"
    return MAY if side == REQUEST else FINE


def _leaf(node: Node, name: str) -> Node:
    inner: Node = node["properties"][name]
    fits("type" in inner and "allOf" not in inner and inner["type"] != "object")
    return inner


VENDORS = ("ngrok", "pingplotter", "wisphub")
EDITS: tuple[Edit, ...] = (
    drop,
    add,
    add_required,
    require,
    relax,
    retype,
    widen_type,
    allow_null,
    refuse_null,
    new_word,
    lost_word,
    shorten,
    unbound,
    other_default,
)


@pytest.mark.parametrize("vendor", specs.vendors())
def test_a_contract_against_itself_has_no_changes(vendor: str) -> None:
    contract = loaded(vendor)
    assert list(changes(contract, deepcopy(contract))) == []


@cache
def cases(edit: Edit) -> tuple[tuple[str, Spot, str], ...]:
    """Return every place where an edit changes something."""
    every = ((vendor, spot) for vendor in VENDORS for spot in spots(vendor))
    return tuple(case for vendor, spot in every for case in _fitting(edit, vendor, spot))


def _fitting(edit: Edit, vendor: str, spot: Spot) -> Iterator[tuple[str, Spot, str]]:
    for name, inner in spot.of(loaded(vendor))["properties"].items():
        if not (inner.get("readOnly") or inner.get("writeOnly")):
            with suppress(Unfit):
                edit(deepcopy(spot.of(loaded(vendor))), name, spot.side)
                yield vendor, spot, name


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_one_edit_is_one_change_with_its_effect(edit: Edit, data: st.DataObject) -> None:
    vendor, spot, name = data.draw(st.sampled_from(cases(edit)))
    old, new = loaded(vendor), deepcopy(loaded(vendor))
    effect = edit(spot.of(new), name, spot.side)
    found = list(changes(old, new))
    assert [change.effect for change in found] == [effect], found
    assert found[0].place.startswith(_label(spot)), found


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_what_is_only_said_to_people_is_no_change(data: st.DataObject) -> None:
    vendor = data.draw(st.sampled_from(specs.vendors()))
    old = loaded(vendor)
    new = deepcopy(old)
    node = data.draw(st.sampled_from(spots(vendor))).of(new)
    node |= {"description": "other words", "title": "Other", "example": {}, "x-note": 1}
    assert list(changes(old, new)) == []


def _label(spot: Spot) -> str:
    path, method = spot.keys[1:3]
    return f"{method.upper()} {path}"


def test_a_change_is_one_line() -> None:
    change = Change("GET /things ?limit", "parameter is gone", Effect.BREAKS)
    assert str(change) == "breaks: GET /things ?limit: parameter is gone"
