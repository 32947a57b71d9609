"""What stands behind a dot: members of objects, texts, elements and lists."""

from __future__ import annotations

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script import elements
from mockserver.vendors.thousandeyes.measuring.script.operators import Inoperable, contains
from mockserver.vendors.thousandeyes.measuring.script.refusal import ScriptRefused
from mockserver.vendors.thousandeyes.measuring.script.syntax import refused
from mockserver.vendors.thousandeyes.measuring.script.values import (
    MOMENT,
    UNDEFINED,
    Blurred,
    Element,
    Namespace,
    Native,
    PageText,
    Thrown,
    Value,
)

_OF_TEXT = ("includes", "trim", "toString")


def member(owner: Value, name: str, node: Node) -> Value:
    """Return a member of a value; `node` is where it is asked for."""
    if isinstance(owner, Namespace):
        return _of_namespace(owner, name, node)
    if isinstance(owner, Element):
        found = elements.member(owner, name)
        if found is None:
            raise _unknown(node, "an element", name, elements.NAMES)
        return found
    if isinstance(owner, dict):
        return owner.get(name, UNDEFINED)
    if isinstance(owner, str | PageText):
        return _of_text(owner, name, node)
    return _of_rest(owner, name, node)


def _of_namespace(owner: Namespace, name: str, node: Node) -> Value:
    if name not in owner.members:
        raise _unknown(node, owner.name, name, tuple(owner.members))
    return owner.members[name]


def _of_text(owner: str | PageText, name: str, node: Node) -> Value:
    if name == "length" and isinstance(owner, str):
        return float(len(owner.encode("utf-16-le")) // 2)
    if name == "includes":
        return Native("includes", lambda call: _includes(owner, call.argument(0), node))
    if name in ("trim", "toString"):
        # What is read off a page is compared without the space around it anyhow.
        return Native(name, lambda _: owner.strip() if isinstance(owner, str) else owner)
    raise _unknown(node, "a text", name, _OF_TEXT)


def _includes(owner: Value, wanted: Value, node: Node) -> Value:
    try:
        return contains(owner, wanted)
    except Inoperable:
        raise refused(node, "includes with anything but a text that is known beforehand") from None


def _of_rest(owner: Value, name: str, node: Node) -> Value:
    if isinstance(owner, list) and name == "length":
        return float(len(owner))
    if isinstance(owner, Thrown) and name == "message":
        return Blurred(owner.message)
    if owner is MOMENT and name == "toString":
        return Native(name, lambda _: Blurred("<the time>"))
    raise refused(node, f"the member {name[:40]!r} of such a value")


def _unknown(node: Node, owner: str, name: str, known: tuple[str, ...]) -> ScriptRefused:
    there = f"there are {', '.join(known)}" if known else "nothing of it is"
    return refused(node, f"{owner}.{name[:40]} ({there})")
