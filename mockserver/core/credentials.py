"""What a client shows to say who it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential as it was presented.

    `scheme` is `apikey`, `basic`, `bearer`, or `unknown` for an Authorization header that cannot
    be read; `user` is the name before the colon of a Basic credential; `secret` the rest.
    """

    scheme: str
    secret: str
    user: str = ""


def digest(secret: str) -> bytes:
    """Return the key under which a secret is looked up.

    Comparing digests takes the same time wherever two secrets differ, and a secret of any
    characters and any length is welcome.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
