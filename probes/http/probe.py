"""The HTTP measurement: every redirect admitted, pinned and asked by itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from probes.connection import misled
from probes.errors import TargetRefused, TargetUnresolvable
from probes.failure import Failure, FailureKind
from probes.http.credentials import Credentials, read_credentials
from probes.http.exchange import Spoken, exchange
from probes.http.handle import Asking
from probes.http.judgement import concluded
from probes.http.location import Url
from probes.http.matching import search
from probes.http.plan import HttpPlan
from probes.http.redirects import PHASE, Request, first_request, following
from probes.http.result import HttpExchange, HttpResult
from probes.http.settings import FAMILIES
from probes.http.transfers import Transfers
from probes.resolve import PATIENCE_S, literal_address, resolve
from probes.targets import Address

if TYPE_CHECKING:
    from probes.live import LiveNetwork


async def http(plan: HttpPlan, network: LiveNetwork) -> HttpResult:
    """Fetch the URL; PlanInvalid, TargetRefused or EngineClosed say why that did not begin."""
    transfers = network.shared(Transfers, Transfers)
    journey = _Journey(plan, network, transfers, read_credentials(plan))
    return await journey.end()


@dataclass(slots=True)
class _Journey:
    """The way from the plan's URL to the last answer."""

    plan: HttpPlan
    network: LiveNetwork
    transfers: Transfers
    credentials: Credentials
    began_s: float = field(default_factory=time.perf_counter)
    exchanges: list[HttpExchange] = field(default_factory=list)

    @property
    def left_s(self) -> float:
        return self.plan.timeout_s - (time.perf_counter() - self.began_s)

    async def end(self) -> HttpResult:
        """Go on until an answer is no redirect, or something failed."""
        request = first_request(self.plan)
        while True:
            spoken = await self._ask(request)
            self.exchanges.append(spoken.exchange)
            later = self._following(request, spoken)
            if not isinstance(later, Request):
                return await self._result(spoken, later)
            request = later

    async def _ask(self, request: Request) -> Spoken:
        started = time.perf_counter()
        found = await self._find(request.url)
        dns_ms = (time.perf_counter() - started) * 1000
        if isinstance(found, Failure):
            return Spoken(HttpExchange(str(request.url), request.method), found)
        if failure := self._objection(found):
            return Spoken(HttpExchange(str(request.url), request.method, dns_ms=dns_ms), failure)
        known = literal_address(self.plan.address_of(request.url.host))
        given = self.plan, request, self.credentials, found, 0.0 if known else dns_ms
        return await exchange(Asking(*given, self.left_s), self.transfers)

    async def _find(self, url: Url) -> Address | Failure:
        """Resolve; without an address, that is the result of the measurement."""
        name, left_s = self.plan.address_of(url.host), self.left_s
        if left_s <= 0:
            return self._late("dns")
        family, lookup = FAMILIES[self.plan.ip_version], self.network.gate.lookup
        try:
            found = await resolve(name, family, lookup, min(left_s, PATIENCE_S))
        except TargetUnresolvable as error:
            return self._late("dns") if self.left_s <= 0 else _unresolved(error)
        except TargetRefused as error:
            # The first name is the caller's own choice; later ones a server has chosen.
            if not self.exchanges:
                raise
            return Failure(FailureKind.NOT_ALLOWED, PHASE, str(error))
        return found[0]

    def _objection(self, address: Address) -> Failure | None:
        if not self.exchanges:
            # The first target is the caller's own choice, and refused by raising.
            self.network.gate.check(address)
            return None
        peer = self.network.gate.check(self.exchanges[-1].address or "")
        return misled(self.network.gate, peer, str(address), PHASE)

    def _following(self, request: Request, spoken: Spoken) -> Request | Failure | None:
        if spoken.failure or spoken.answer is None:
            return None
        location = spoken.answer.field("location")
        earlier = len(self.exchanges) - 1
        return following(self.plan, request, spoken.exchange.status, location, earlier)

    def _late(self, phase: str) -> Failure:
        message = f"The exchange did not end within {self.plan.timeout_s:g} s."
        return Failure(FailureKind.TIMEOUT, phase, message)

    async def _result(self, spoken: Spoken, failure: Failure | None = None) -> HttpResult:
        body, matched = (spoken.answer.content if spoken.answer else None), None
        failure = spoken.failure or failure
        if failure is None and self.plan.body_match is not None:
            found = await search(self.plan.body_match, body.text if body else "", self.left_s)
            if isinstance(found, bool):
                matched = found
            else:
                failure = Failure(FailureKind.CONTENT, "receive", found)
        return concluded(self.plan, tuple(self.exchanges), failure, body, matched=matched)


def _unresolved(error: TargetUnresolvable) -> Failure:
    return Failure(FailureKind.RESOLVE, "dns", str(error))
