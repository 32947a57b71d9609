"""What is said of a script that is not understood, or is no JavaScript: always with its place."""

from __future__ import annotations


class ScriptRefused(Exception):
    """A construct that the stand-in does not understand."""

    def __init__(self, line: int, column: int, what: str) -> None:
        """Name the construct and where it begins, both numbers from 1 on."""
        super().__init__(f"line {line}, column {column}: {what}")
        self.line = line
        self.column = column
        self.what = what


class NotJavaScript(ScriptRefused):
    """A text that cannot be parsed as JavaScript at all."""
