"""A text of JSON made sound for a reader that is strict, and slow where it is nested deeply."""

from __future__ import annotations

import re
from itertools import accumulate

from contract_tests.wire.depth import MOST_LEVELS

_IN_STRING = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_REST = re.compile(_IN_STRING + rb'"', re.DOTALL)
_STRING = re.compile(rb'"' + _IN_STRING + rb'(?:"|\Z)', re.DOTALL)
_BRACKET = re.compile(_STRING.pattern + rb"|[\[\]{}]", re.DOTALL)
_CONSTANT = re.compile(_STRING.pattern + rb"|-?Infinity|NaN", re.DOTALL)
_CONSTANTS = (b"NaN", b"Infinity")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))
# What is not whole where a piece ends there: an escape, the end of a string, a word.
_HALF = re.compile(rb'(?:["\\]+[-A-Za-z]{0,9}|[-A-Za-z]{1,9})\Z')
_LONGEST_HALF = 2**16
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


class Sound:
    """Passes a text on, piece by piece.

    Numbers that JSON has none of (NaN, Infinity) become null; nested too deeply, it is over.
    """

    def __init__(self) -> None:
        """Begin a text."""
        self._held, self._line, self._depth = b"", 1, 0
        self._is_in_string = self.is_over = False
        self._constant, self._constants = "", 0
        self._deep = ""

    @property
    def faults(self) -> list[str]:
        """What was wrong so far, each with the first line where it was."""
        more = f", and {self._constants - 1} more" if self._constants > 1 else ""
        constant = [f"{self._constant} is no JSON, read as null{more}"] if self._constant else []
        return constant + ([self._deep] if self._deep else [])

    def passed(self, piece: bytes, *, final: bool) -> bytes:
        """Return what goes on of a piece, with what was held back of the one before."""
        if self.is_over:
            return b""
        text, self._held = self._held + piece, b""
        half = None if final else _HALF.search(text, max(0, len(text) - _LONGEST_HALF))
        if half is not None:
            text, self._held = text[: half.start()], half[0]
        sound = self._sound(text)
        self._line += text.count(b"\n")
        return sound

    def _sound(self, text: bytes) -> bytes:
        start = 0
        if self._is_in_string:
            rest = _REST.match(text)
            if rest is None:
                return text
            start = rest.end()
        bare = _STRING.split(text[start:])
        # A piece never ends by a quote: behind a string that is over there is something.
        self._is_in_string = len(bare) > 1 and not bare[-1]
        words = b" ".join(bare)
        end = self._end(words, text, start)
        if any(name in words for name in _CONSTANTS):
            return text[:start] + self._without_constants(text[start:end], text, start)
        return text[:end]

    def _end(self, words: bytes, text: bytes, start: int) -> int:
        """Return how much of a piece is not too deep."""
        brackets = words.translate(None, _OTHERS)
        opening = brackets.count(b"[") + brackets.count(b"{")
        before, self._depth = self._depth, self._depth + 2 * opening - len(brackets)
        if before + opening <= MOST_LEVELS:
            return len(text)
        if max(accumulate(map(_STEPS.__getitem__, brackets), initial=before)) <= MOST_LEVELS:
            return len(text)
        return self._place(text, start, before)

    def _place(self, text: bytes, start: int, depth: int) -> int:
        for match in _BRACKET.finditer(text, start):
            depth += _STEPS.get(text[match.start()], 0)
            if depth > MOST_LEVELS:
                self.is_over = True
                line = self._line + text.count(b"\n", 0, match.start())
                self._deep = f"line {line}: nested deeper than {MOST_LEVELS} levels"
                return match.start()
        return len(text)

    def _without_constants(self, part: bytes, text: bytes, start: int) -> bytes:
        def turned(match: re.Match[bytes]) -> bytes:
            if match[0][:1] == b'"':
                return match[0]
            line = self._line + text.count(b"\n", 0, start + match.start())
            self._constant = self._constant or f"line {line}: {match[0].decode()}"
            self._constants += 1
            return b"null"

        return _CONSTANT.sub(turned, part)
