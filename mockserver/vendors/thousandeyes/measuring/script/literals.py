"""Literals of JavaScript: texts with their escapes, and numbers."""

from __future__ import annotations

import re

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script.syntax import kind, refused, words

_ESCAPE = re.compile(r"\\(u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|[\s\S])")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def text_of(node: Node) -> str:
    """Return what a string literal, or a fragment of a template, stands for."""
    body = words(node)
    return _unescaped(body[1:-1] if node.type == "string" else body)


def number_of(node: Node) -> float:
    """Return what a number literal stands for."""
    written = words(node).replace("_", "")
    try:
        if written[:2].lower() in ("0x", "0o", "0b"):
            return float(int(written, 0))
        return float(written)
    except (ValueError, OverflowError):
        raise refused(node, kind(node)) from None


def _unescaped(body: str) -> str:
    # Surrogates written as two escapes make one letter.
    text = _ESCAPE.sub(_letter, body)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _letter(match: re.Match[str]) -> str:
    code = match[2] or match[3] or match[4]
    if code:
        return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else "\ufffd"
    return _LETTERS.get(match[1], match[1])
