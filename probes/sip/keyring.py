"""What the servers on the way asked for, and the answers that go with every request since."""

from collections.abc import Callable
from dataclasses import dataclass, field

from probes.sip.digest import Challenge, Credentials, parse_challenge
from probes.sip.plan import SipPlan
from probes.sip.response import SipResponse

MOST_ANSWERS = 5

Headers = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Keyring:
    """At most one answer for the server and one for a proxy (RFC 3261, section 22)."""

    plan: SipPlan
    token: Callable[[], str]
    _held: dict[str, Credentials] = field(default_factory=dict)
    _learned: int = 0

    @property
    def used(self) -> bool:
        """Whether the password was put to use."""
        return bool(self._held)

    def headers(self, method: str, uri: str, body: bytes) -> Headers:
        """Write the answers for one request; nonces are used again and counted."""
        return tuple(
            (header, credentials.answer(method, uri, body))
            for header, credentials in self._held.items()
        )

    def learn(self, response: SipResponse) -> bool:
        """Take the first challenge that can be answered; False if it was answered in vain."""
        if self.plan.password is None or self._learned >= MOST_ANSWERS:
            return False
        for header, text in response.challenges:
            challenge = parse_challenge(text)
            if challenge and challenge.known and self._is_new(header, challenge):
                self._learned += 1
                self._held[header] = self._credentials(challenge, self.plan.password)
                return True
        return False

    def _is_new(self, header: str, challenge: Challenge) -> bool:
        """Tell whether an answer could please: the first, or one to a nonce that got old."""
        before = self._held.get(header)
        if before is None or before.challenge.realm != challenge.realm:
            return True
        fresh = challenge.nonce != before.challenge.nonce
        # A server may want a nonce of its own for every request without calling the old one stale.
        return fresh and (challenge.stale or before.uses > 1)

    def _credentials(self, challenge: Challenge, password: str) -> Credentials:
        user = self.plan.auth_user or self.plan.user
        return Credentials(challenge, user, password, self.token)
