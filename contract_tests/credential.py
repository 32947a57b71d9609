"""A credential: what it adds to a request, and how it is masked wherever it would be seen."""

from __future__ import annotations

from dataclasses import dataclass

from contract_tests.exchange import Headers


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret and where it goes; `variable` is shown in its place, as `$VARIABLE`."""

    variable: str
    secret: str
    headers: Headers = ()
    query: Headers = ()

    def mask(self, text: str) -> str:
        """Return `text` with the secret replaced by its variable."""
        return text.replace(self.secret, f"${self.variable}") if self.secret else text

    def mask_bytes(self, content: bytes) -> bytes:
        """Return `content` with the secret replaced by its variable."""
        if not self.secret:
            return content
        return content.replace(self.secret.encode(), f"${self.variable}".encode())


NOBODY = Credential("", "")
