"""An INVITE and what it leaves behind: a call to acknowledge, cancel or hang up."""

from collections.abc import Callable
from dataclasses import dataclass

from probes.sip.exchange import Line
from probes.sip.request import COOKIE, Caller, Draft, write_request
from probes.sip.response import SipResponse
from probes.sip.transaction import InviteTransaction, NonInviteTransaction, State


@dataclass(slots=True)
class Call:
    """One INVITE on one line.

    Requests inside the call go back the way its answer came, to the address that was admitted,
    whatever its Contact says; the Contact stands in their first line (section 12.2.1.1).
    """

    draft: Draft
    transaction: InviteTransaction
    line: Line
    caller: Caller
    token: Callable[[], str]
    answer: SipResponse | None = None

    @property
    def ringing(self) -> bool:
        """Whether it can be cancelled (section 9.1: after a provisional response)."""
        return self.transaction.state is State.PROCEEDING

    def take(self, response: SipResponse, at_s: float) -> bool:
        """Take a response that came after the INVITE was carried; False if it is another's."""
        output = self.transaction.receive(response, at_s)
        if output is None:
            return False
        for message in output.send:
            self.line.send(message)
        if output.response and output.response.success:
            self.accept(output.response)
        return True

    def accept(self, response: SipResponse) -> None:
        """Acknowledge a 2xx, as often as it comes (section 13.2.2.4)."""
        self.answer = response
        answers = [pair for pair in self.draft.headers if pair[0].endswith("Authorization")]
        ack = self._within(response, "ACK", self.draft.cseq, tuple(answers))
        self.line.send(write_request(ack, self.caller, self.line.origin))

    def cancelling(self) -> NonInviteTransaction:
        """Make the transaction that takes the INVITE back."""
        return self._transaction(self.draft.cancelling())

    def hanging_up(self, answers: tuple[tuple[str, str], ...]) -> NonInviteTransaction | None:
        """Make the transaction that ends an answered call; None if it was not answered."""
        if self.answer is None:
            return None
        return self._transaction(self._within(self.answer, "BYE", self.draft.cseq + 1, answers))

    @property
    def remote(self) -> str:
        """The request URI inside the call."""
        contacts = self.answer.contacts if self.answer else ()
        return str(contacts[0] if contacts else self.draft.uri)

    def _transaction(self, draft: Draft) -> NonInviteTransaction:
        origin = self.line.origin
        return NonInviteTransaction(
            write_request(draft, self.caller, origin),
            branch=draft.branch,
            method=draft.method,
            reliable=origin.transport.reliable,
            timers=self.caller.plan.timers,
        )

    def _within(
        self, answer: SipResponse, method: str, cseq: int, headers: tuple[tuple[str, str], ...]
    ) -> Draft:
        return Draft(
            method,
            uri=answer.contacts[0] if answer.contacts else self.draft.uri,
            cseq=cseq,
            branch=COOKIE + self.token(),
            to=answer.to,
            routes=tuple(reversed(answer.record_routes)),
            headers=headers,
        )
