"""The secrets of surprised runs, found where they stand and shown nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contract_tests.client.ran import Ran
from contract_tests.conduct.secrets import Secrets
from contract_tests.findings.finding import Finding
from contract_tests.surprise.book import Book
from contract_tests.wire.credential import NOBODY, Credential, joined
from contract_tests.wire.masking import mask


class Masks:
    """Knows where each vendor's clients show a credential."""

    def __init__(self, books: Mapping[str, Book]) -> None:
        """Take the vendors that are heard."""
        self._secrets = {name: Secrets(book.contract, name) for name, book in books.items()}

    def finding(self, vendor: str, finding: Finding, ran: Ran) -> Finding:
        """Return a finding, and its exchanges, without what the run's requests show of secrets."""
        secret, places = self._of(ran), self._secrets[vendor]
        exchanges = tuple(mask(places.in_their_places(each), secret) for each in finding.exchanges)
        return replace(
            finding,
            received=secret.mask(finding.received),
            message=secret.mask(finding.message),
            exchanges=exchanges,
        )

    def text(self, text: str, ran: Ran) -> str:
        """Return what a client wrote, without its secrets."""
        return self._of(ran).mask(text)

    def _of(self, ran: Ran) -> Credential:
        found = (c for name, h in ran.heard for c in self._secrets[name].shown_in(h.exchange))
        known = tuple(dict.fromkeys(found))
        return joined(known) if known else NOBODY
