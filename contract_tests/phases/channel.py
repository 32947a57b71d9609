"""What Schemathesis sends its requests with: within our limits, and heard by who listens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import requests
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response as Answer
from schemathesis.generation.case import Case
from schemathesis.transport.requests import (
    REQUESTS_TRANSPORT,
    ManagedCookiesSession,
    RequestsTransport,
)

from contract_tests.calls.caller import may_begin_work
from contract_tests.phases.overheard import answered, unanswered, without_key
from contract_tests.phases.unlisted import has_unlisted
from contract_tests.wire import failures, masking, retry_after
from contract_tests.wire.exchange import Exchange
from contract_tests.wire.limits import OutOfLimits
from contract_tests.world.world import World

# An operation that left so many requests without an answer is asked nothing more; a server that
# did so twice as often as that is left alone.
_MOST_SILENCES = 3
_LONGEST_HOLD_S = 30.0


class Channel(RequestsTransport):
    """Sends cases, one after the other.

    `stop` is called when nothing more may be sent; `ended` tells why. `seconds` bound the whole.
    """

    def __init__(self, world: World, seconds: float | None) -> None:
        """Send to the world's server for so many seconds, or as long as its limits allow."""
        super().__init__()
        self._copy_serializers_from(REQUESTS_TRANSPORT)
        self.ended = ""
        self.out_of_limits: OutOfLimits | None = None
        self.stop: Callable[[], None] = lambda: None
        self.sent: dict[str, Exchange] = {}
        self._world = world
        self._until = None if seconds is None else time.monotonic() + seconds
        self._silences: list[tuple[str, Exchange]] = []
        self._told: set[str] = set()

    def send(
        self, case: Case[Any], *, session: requests.Session | None = None, **more: Any
    ) -> Answer:
        """Send a case; KeyboardInterrupt, which ends Schemathesis, at the end of the limits."""
        session = session or ManagedCookiesSession()
        self._world.wire.prepare(session)
        label = case.operation.label
        if [name for name, _ in self._silences].count(label) >= _MOST_SILENCES:
            raise requests.ConnectTimeout(f"{label} has not answered {_MOST_SILENCES} times")
        try:
            answer = self._tried(case, session, more)
        except requests.Timeout as error:
            limit_s = self._world.wire.allowance.limits.timeout_s
            self._silent(case, error, f"no answer within {limit_s:g} s")
            raise
        except requests.ConnectionError as error:
            limit_s = self._world.wire.allowance.limits.timeout_s
            self._silent(case, error, failures.worded(error, limit_s))
            raise
        self._world.is_spoilt |= _spoils(case, answer.status_code, self._world)
        exchange = self._hear(case, answered(case, answer, self._world))
        if exchange.status == 429:
            self._wait(exchange)
        if _is_stateful(case) and may_begin_work(case.method, exchange.status):
            self._world.settle()
        return answer

    def silences(self) -> Iterator[tuple[str, Exchange]]:
        """Yield what got no answer, by operation, each operation once."""
        for label, exchange in list(self._silences):
            if label not in self._told:
                self._told.add(label)
                yield label, exchange

    def _tried(self, case: Case[Any], session: requests.Session, more: dict[str, Any]) -> Answer:
        try:
            self._take()
            return super().send(case, session=session, **more)
        except requests.Timeout:
            raise
        except requests.ConnectionError as error:
            if failures.is_refused(error):
                raise
            # The server may have closed a connection that it thought idle: once more decides.
            self._take()
            return self._again(case, session, more, error)

    def _again(
        self,
        case: Case[Any],
        session: requests.Session,
        more: dict[str, Any],
        before: requests.ConnectionError,
    ) -> Answer:
        try:
            return super().send(case, session=session, **more)
        except requests.ConnectionError as error:
            # Where nobody listens any more, the first request has ended the server.
            raise (before if failures.is_refused(error) else error) from None

    def _take(self) -> None:
        if self._until is not None and time.monotonic() > self._until:
            self._end("the time for generated requests is over")
        try:
            self._world.wire.allowance.take()
        except OutOfLimits as limit:
            self.out_of_limits = limit
            self._end(str(limit))

    def _end(self, reason: str) -> None:
        self.ended = self.ended or reason
        self.stop()
        raise KeyboardInterrupt

    def _hear(self, case: Case[Any], exchange: Exchange) -> Exchange:
        world = self._world
        others = (world.other,) if world.other else ()
        secrets = (*world.wire.secrets, world.credential, *others)
        exchange = masking.masked(without_key(exchange, world.credential), secrets)
        self.sent[case.id] = exchange
        world.wire.heard(exchange)
        return exchange

    def _silent(self, case: Case[Any], error: requests.RequestException, reason: str) -> None:
        exchange = self._hear(case, unanswered(case, error, reason, self._world))
        if reason == failures.REFUSED:
            return  # nobody listened: whoever hears it says so, once
        self._silences.append((case.operation.label, exchange))
        if len(self._silences) >= 2 * _MOST_SILENCES:
            self._end("too many requests got no answer")

    def _wait(self, exchange: Exchange) -> None:
        """End here if the server wants us to wait for longer than is reasonable."""
        wait_s = retry_after.seconds(exchange.response) if exchange.response else 0.0
        left_s = _LONGEST_HOLD_S if self._until is None else self._until - time.monotonic()
        if wait_s > min(left_s, _LONGEST_HOLD_S):
            self._end("the server limits the rate")


def _is_stateful(case: Case[Any]) -> bool:
    return case.meta is None or case.meta.phase.name == "stateful"


def _spoils(case: Case[Any], status: int, world: World) -> bool:
    """Say whether the server took a body that the contract does not know, and may show it."""
    definition = case.operation.definition.raw
    if not may_begin_work(case.method, status) or case.meta is None:
        return False
    if definition.get("operationId", "") in world.reading_posts:
        return False
    content = definition.get("requestBody", {}).get("content", {})
    schema = content.get(case.media_type, {}).get("schema", {})
    forbidden = case.meta.is_negative_at(ParameterLocation.BODY)
    return bool(forbidden) or has_unlisted(case.body, schema)
