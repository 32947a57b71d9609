"""The requests of one plan, one after another: challenges, redirects, calls, verdicts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from sipmessage import URI

from probes.connection import Stopped
from probes.failure import Failure, FailureKind
from probes.sip.call import Call
from probes.sip.exchange import Exchange, Line, carry
from probes.sip.keyring import Keyring
from probes.sip.plan import SipMethod, SipPlan
from probes.sip.request import COOKIE, Caller, Draft, offer, usual_headers, write_request
from probes.sip.response import SipResponse
from probes.sip.result import SipStep
from probes.sip.transaction import ClientTransaction, InviteTransaction, NonInviteTransaction
from probes.sip.verdict import judge

MOST_TRIES = 30
LEAVING_S = 2.0
"""Seconds that are spent at most on leaving a call that was begun."""
LONGEST_SHOWN = 8192


@dataclass(slots=True)
class Session:
    """Carries out the methods of a plan; `dial` opens a line to where a redirect points."""

    caller: Caller
    line: Line
    dial: Callable[[URI], Awaitable[Line]]
    keyring: Keyring
    until_s: float
    phase: str = "wait"
    wait_ms: float | None = None
    times_ms: dict[str, float] = field(default_factory=dict)
    redirect_s: float = 0.0
    redirects: int = 0
    steps: list[SipStep] = field(default_factory=list)
    last: SipResponse | None = None
    _cseq: int = 0
    _expires_s: int | None = None
    _calls: list[Call] = field(default_factory=list)
    _tried: set[str] = field(default_factory=set)

    @property
    def plan(self) -> SipPlan:
        """What is carried out."""
        return self.caller.plan

    async def run(self) -> None:
        """Go through the methods; Stopped, OSError or EOFError end it early."""
        for number, method in enumerate(self.plan.methods, 1):
            self.phase = method.lower()
            is_last = number == len(self.plan.methods)
            wanted = self.plan.desired_code if is_last else None
            response = await self._perform(method, wanted)
            if failure := judge(self.plan, method, response, wanted, used=self.keyring.used):
                raise Stopped(failure)

    async def _perform(self, method: SipMethod, wanted: int | None) -> SipResponse:
        uri, began_s = self._uri(method), None
        for _ in range(MOST_TRIES):
            exchange = await self._once(method, uri)
            began_s = exchange.sent_s if began_s is None else began_s
            response = self.last = await self._final(method, exchange)
            if response.code == wanted or not self._goes_on(response):
                break
            if 300 <= response.code < 400:
                uri = await self._follow(response)
                self.redirect_s += self.line.now_s() - began_s
                began_s, self.phase = None, method.lower()
        if began_s is not None and exchange.final_s is not None:
            self.times_ms[method] = (exchange.final_s - began_s) * 1000
        if method is SipMethod.INVITE:
            await self._hang_up(self._calls[-1])
        return response

    def _goes_on(self, response: SipResponse) -> bool:
        """Tell whether another try may do better."""
        if response.code in (401, 407):
            return self.keyring.learn(response)
        if response.code == 423 and response.min_expires and self._expires_s is None:
            self._expires_s = response.min_expires
            return True
        return 300 <= response.code < 400

    def _uri(self, method: SipMethod) -> URI:
        register = method is SipMethod.REGISTER
        return self.caller.uri(user=None if register else self.plan.callee or self.plan.user)

    async def _once(self, method: SipMethod, uri: URI) -> Exchange:
        transaction = self._transaction(self._draft(method, uri))
        exchange = await self._carried(transaction, self.until_s)
        if self.wait_ms is None and exchange.first_s is not None:
            self.wait_ms = (exchange.first_s - exchange.sent_s) * 1000
        if method is SipMethod.INVITE and exchange.response and exchange.response.success:
            self._calls[-1].accept(exchange.response)
        return exchange

    async def _final(self, method: SipMethod, exchange: Exchange) -> SipResponse:
        if exchange.response is not None:
            return exchange.response
        if method is SipMethod.INVITE:
            await self._cancel(self._calls[-1])
        heard = "only provisional responses" if exchange.first_s else "no response"
        message = f"{method} got {heard} in time."
        raise Stopped(Failure(FailureKind.TIMEOUT, self.phase, message))

    async def _carried(self, transaction: ClientTransaction, until_s: float) -> Exchange:
        exchange = None
        try:
            exchange = await carry(transaction, self.line, until_s, self._late)
        finally:
            self.steps.append(_step(transaction, exchange))
        return exchange

    def _late(self, response: SipResponse, at_s: float) -> None:
        any(call.take(response, at_s) for call in self._calls)

    def _draft(self, method: SipMethod, uri: URI) -> Draft:
        self._cseq += 1
        origin = self.line.origin
        body = offer(origin) if method is SipMethod.INVITE else b""
        to = self.caller.record if method is SipMethod.REGISTER else f"<{self._uri(method)}>"
        caller = self.caller
        if self._expires_s:
            caller = replace(caller, plan=replace(self.plan, expires_s=self._expires_s))
        headers = (
            *usual_headers(method, caller, origin),
            *self.keyring.headers(method, str(uri), body),
        )
        branch = COOKIE + self.keyring.token()
        return Draft(method, uri, self._cseq, branch, to, headers=headers, body=body)

    def _transaction(self, draft: Draft) -> ClientTransaction:
        caller, origin, timers = self.caller, self.line.origin, self.plan.timers
        data, reliable = write_request(draft, caller, origin), origin.transport.reliable
        if draft.method != SipMethod.INVITE:
            return NonInviteTransaction(
                data, branch=draft.branch, method=draft.method, reliable=reliable, timers=timers
            )
        transaction = InviteTransaction(
            data,
            lambda response: write_request(draft.acknowledging(response), caller, origin),
            branch=draft.branch,
            reliable=reliable,
            timers=timers,
        )
        self._calls.append(Call(draft, transaction, self.line, caller, self.keyring.token))
        return transaction

    async def _follow(self, response: SipResponse) -> URI:
        """Go where a redirect points (section 8.1.3.4), if that was not tried before."""
        self.phase = "redirect"
        if self.redirects >= self.plan.most_redirects:
            message = f"The server redirected more often than {self.plan.most_redirects} times."
            raise Stopped(Failure(FailureKind.STATUS, self.phase, message))
        contacts = (uri for uri in response.contacts if uri.scheme in ("sip", "sips"))
        contact = next((uri for uri in contacts if str(uri) not in self._tried), None)
        if contact is None:
            message = f"The server answered {response.code} without a SIP contact to try."
            raise Stopped(Failure(FailureKind.PROTOCOL, self.phase, message))
        self._tried.add(str(contact))
        self.redirects += 1
        self.line = await self.dial(contact)
        return contact

    async def _cancel(self, call: Call) -> None:
        """Take back an INVITE that rings, and wait a while for that to be confirmed."""
        if not call.ringing:
            return
        until_s = self.line.now_s() + LEAVING_S
        await self._carried(call.cancelling(), until_s)
        while call.ringing and self.line.now_s() < until_s:
            if arrival := await self.line.receive(until_s):
                self._late(*arrival)
        await self._hang_up(call)

    async def _hang_up(self, call: Call) -> None:
        """End a call that was answered; that it fails is seen in the steps and fails nothing."""
        answers = self.keyring.headers("BYE", call.remote, b"") if call.answer else ()
        if not (transaction := call.hanging_up(answers)):
            return
        self._cseq += 1
        try:
            await self._carried(transaction, self.line.now_s() + LEAVING_S)
        except (Stopped, OSError, EOFError):
            return


def _step(transaction: ClientTransaction, exchange: Exchange | None) -> SipStep:
    response = exchange.response if exchange else None
    taken_s = exchange.final_s - exchange.sent_s if exchange and exchange.final_s else None
    return SipStep(
        method=transaction.method,
        time_ms=None if taken_s is None else taken_s * 1000,
        code=response.code if response else None,
        reason=response.reason if response else None,
        retransmissions=transaction.retransmissions,
        request=transaction.request.decode("utf-8", "replace")[:LONGEST_SHOWN],
        response=response.text[:LONGEST_SHOWN] if response else None,
    )
