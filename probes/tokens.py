"""Unpredictable 32-bit numbers, so that nobody off the path can make up an answer."""

import secrets
import struct

_AT_ONCE = 256
_WORDS = struct.Struct(f"={_AT_ONCE}I")


class Tokens:
    """Draws from the system's randomness, many at a time, since a call costs a microsecond."""

    def __init__(self) -> None:
        self._left: list[int] = []

    def draw(self) -> int:
        """Return the next."""
        if not self._left:
            self._left = list(_WORDS.unpack(secrets.token_bytes(_WORDS.size)))
        return self._left.pop()
