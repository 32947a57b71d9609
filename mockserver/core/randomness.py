"""One seed, many named streams: the only source of chance in the house."""

from __future__ import annotations

import hashlib
import random
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker import Faker

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = tuple(high + low for high in BASE62 for low in BASE62)


@dataclass(frozen=True, slots=True)
class Randomness:
    """Derives an independent, repeatable stream of chance from one seed and a name."""

    seed: int
    path: tuple[str, ...] = ()

    def child(self, *names: str | int) -> Randomness:
        """Return the randomness that belongs to `names` below this one."""
        return Randomness(self.seed, (*self.path, *map(str, names)))

    def stream(self, *names: str | int) -> random.Random:
        """Return a fresh generator; the same seed and names always give the same numbers."""
        return random.Random(self._digest(names))

    def bits(self, *names: str | int) -> int:
        """Return the 128 bits of `names`: much cheaper than a generator of one number."""
        return int.from_bytes(self._digest(names)[:16], "big")

    def _digest(self, names: tuple[str | int, ...]) -> bytes:
        # Separated by a character that no name holds, so ("a", "bc") and ("ab", "c") differ.
        text = "\x1f".join((str(self.seed), *self.path, *map(str, names)))
        return hashlib.sha256(text.encode()).digest()

    def faker(self, *names: str | int, locale: str = "en_US") -> Faker:
        """Return a Faker of `locale`, seeded by the stream of `names`."""
        from faker import Faker  # noqa: PLC0415  (a tenth of a second, not needed to start)

        fake = Faker(locale)
        fake.seed_instance(self.stream(*names, "faker").getrandbits(64))
        return fake

    def uuid(self, *names: str | int) -> str:
        """Return the version 4 UUID of `names`."""
        return str(uuid.UUID(int=self.stream(*names).getrandbits(128), version=4))

    def token(self, length: int, *names: str | int) -> str:
        """Return `length` base62 characters that belong to `names`."""
        return "".join(self.stream(*names).choices(BASE62, k=length))


def ksuid(at_ms: int, chance: random.Random) -> str:
    """Return a KSUID (27 base62 characters) that sorts by its time, in seconds."""
    return ksuid_of(at_ms, chance.getrandbits(128))


def ksuid_of(at_ms: int, bits: int) -> str:
    """Return the KSUID of a time and 128 bits."""
    # The format: 32 bits of seconds since 1 400 000 000, then 128 random bits, in base 62; two
    # digits at a time, of two halves that fit a machine word better than the whole.
    high, low = divmod(((at_ms // 1000 - 1_400_000_000) << 128) | bits, 62**14)
    pairs = []
    for half in (low, high):
        rest = half
        for _ in range(7):
            rest, pair = divmod(rest, 62 * 62)
            pairs.append(_PAIRS[pair])
    pairs.reverse()
    return "".join(pairs)[1:]
