"""Text → syntax tree, by tree-sitter; columns count as JavaScript does, in UTF-16 units."""

from __future__ import annotations

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from mockserver.vendors.thousandeyes.measuring.script.refusal import NotJavaScript, ScriptRefused

_ENCODING = "utf-16-le"
_SHOWN = 40


def parse(text: str) -> Node:
    """Return the root of the tree; NotJavaScript says where the text leaves the language."""
    parser = Parser(Language(tree_sitter_javascript.language()))
    root = parser.parse(text.encode(_ENCODING, "replace"), encoding="utf16le").root_node
    wrong = _first_error(root)
    if wrong is not None:
        line, column = place(wrong)
        if wrong.is_missing:
            raise NotJavaScript(line, column, f"{wrong.type!r} is missing")
        raise NotJavaScript(line, column, f"{shown(wrong)!r} is no JavaScript")
    return root


def parts(node: Node) -> list[Node]:
    """Return the children that mean something: no punctuation and no comments."""
    return [child for child in node.named_children if child.type != "comment"]


def part(node: Node, name: str) -> Node:
    """Return the child in the field of that name, which the grammar promises."""
    child = node.child_by_field_name(name)
    if child is None:
        raise refused(node, kind(node))
    return child


def words(node: Node) -> str:
    """Return the text of a node as it is written."""
    return (node.text or b"").decode(_ENCODING, "replace")


def shown(node: Node) -> str:
    """Return the beginning of a node's text in one printable line."""
    text = " ".join(words(node).split())
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def kind(node: Node) -> str:
    """Say what sort of construct a node is."""
    return f"{node.type.replace('_', ' ')} {shown(node)!r}"


def place(node: Node) -> tuple[int, int]:
    """Return line and column where a node begins, both from 1 on."""
    return node.start_point.row + 1, node.start_point.column // 2 + 1


def refused(node: Node, what: str) -> ScriptRefused:
    """Return the refusal of what stands at a node."""
    line, column = place(node)
    return ScriptRefused(line, column, f"{what} is not understood")


def _first_error(root: Node) -> Node | None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            return node
        waiting.extend(child for child in reversed(node.children) if child.has_error)
    return None
