"""The same exchanges over an imagined path: round trips counted, nothing sent."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from probes.errors import TargetUnresolvable
from probes.failure import Failure, FailureKind
from probes.http.judgement import concluded, matched_in
from probes.http.plan import HttpPlan
from probes.http.redirects import Request, first_request, following
from probes.http.result import HttpExchange, HttpResult
from probes.http.scene import Scene, recorded, scene_at
from probes.http.settings import FAMILIES, HttpAuthentication, HttpVersion, TlsVersion
from probes.journey import Journey
from probes.resolve import literal_address
from probes.simulated import SimulatedNetwork

SEGMENT_BYTES = 1448
FIRST_WINDOW_SEGMENTS = 10
LINE_RATE_BITS_PER_MS = 100_000


async def simulate(plan: HttpPlan, network: SimulatedNetwork) -> HttpResult:
    """Let the phases follow from the path to the host; the same seed gives the same result."""
    stream = network.turn("http", plan.target)
    host = plan.address_of(plan.url.host)
    journey = Journey(network, host, stream, plan.timeout_s * 1000)
    result = _Visit(plan, network, journey, stream).end()
    await network.clock.sleep(journey.spent_ms / 1000)
    return result


@dataclass(slots=True)
class _Visit:
    """The way to the last answer; redirects of this internet stay on their host."""

    plan: HttpPlan
    network: SimulatedNetwork
    journey: Journey
    stream: Random
    exchanges: list[HttpExchange] = field(default_factory=list)

    def end(self) -> HttpResult:
        """Go on until an answer is no redirect, or patience ended."""
        request = first_request(self.plan)
        while True:
            scene = scene_at(self.network, self.plan, request)
            failure = self._asked(scene)
            later = failure or self._following(request)
            if not isinstance(later, Request):
                content = None if failure else scene.content
                matched = None if later else matched_in(self.plan, content)
                return concluded(self.plan, tuple(self.exchanges), later, content, matched=matched)
            request = later

    def _following(self, request: Request) -> Request | Failure | None:
        last, earlier = self.exchanges[-1], len(self.exchanges) - 1
        location = dict(last.response_headers).get("location")
        return following(self.plan, request, last.status, location, earlier)

    def _asked(self, scene: Scene) -> Failure | None:
        url, method = scene.request.url, scene.request.method
        name, family = self.plan.address_of(url.host), FAMILIES[self.plan.ip_version]
        try:
            address = self.network.address(name, family)
        except TargetUnresolvable as error:
            self.exchanges.append(HttpExchange(str(url), method))
            return Failure(FailureKind.RESOLVE, "dns", str(error))
        times_ms, failure = _timed(_Exchange(scene, self.journey, self.stream))
        self.exchanges.append(recorded(scene, str(address), times_ms))
        return failure


def _timed(exchange: _Exchange) -> tuple[dict[str, float], Failure | None]:
    """Go through the phases until the last one or the end of patience."""
    times_ms: dict[str, float] = {}
    for phase, took_ms in exchange.phases():
        if took_ms is None:
            message = f"The exchange did not end within {exchange.scene.plan.timeout_s:g} s."
            return times_ms, Failure(FailureKind.TIMEOUT, phase, message)
        times_ms[phase] = took_ms
    return times_ms, None


@dataclass(frozen=True, slots=True)
class _Exchange:
    """The phases of one request."""

    scene: Scene
    journey: Journey
    stream: Random

    def phases(self) -> Iterator[tuple[str, float | None]]:
        """Yield each with its time, None where patience ended in it."""
        plan, request = self.scene.plan, self.scene.request
        known = literal_address(plan.address_of(request.url.host))
        yield "dns", 0.0 if known else self.journey.wait_ms(1 + 9 * self.stream.random())
        yield "connect", self.journey.exchange_ms(0.05)
        yield "tls", self._handshake_ms() if request.url.encrypted else 0.0
        upload_ms = len(request.body or b"") * 8 / LINE_RATE_BITS_PER_MS
        yield "send", self.journey.wait_ms(0.05 + upload_ms)
        yield "wait", self._wait_ms()
        yield "receive", self._receive_ms()

    def _handshake_ms(self) -> float | None:
        """One round trip for TLS 1.3, two before; QUIC did it while connecting."""
        plan = self.scene.plan
        if plan.http_version is HttpVersion.HTTP_3:
            return self.journey.wait_ms(0.4)
        return self._all(1 if plan.last_tls in (None, TlsVersion.TLS_1_3) else 2, 1.5)

    def _wait_ms(self) -> float | None:
        think_ms = self.scene.page.think_ms * (0.8 + 0.4 * self.stream.random())
        plan = self.scene.plan
        challenged = plan.user is not None and plan.authentication is HttpAuthentication.DIGEST
        return self._all(2 if challenged else 1, think_ms)

    def _receive_ms(self) -> float | None:
        """Let the bytes pass: what the line takes, and a round trip for each further window."""
        size = self.scene.content_bytes
        windows = int(math.log2(size / SEGMENT_BYTES / FIRST_WINDOW_SEGMENTS + 1))
        waited_ms = self._all(windows, 0.0)
        took_ms = self.journey.wait_ms(0.02 + size * 8 / LINE_RATE_BITS_PER_MS)
        return None if waited_ms is None or took_ms is None else waited_ms + took_ms

    def _all(self, exchanges: int, think_ms: float) -> float | None:
        times = [self.journey.exchange_ms(think_ms) for _ in range(exchanges)]
        return None if None in times else sum((time or 0.0 for time in times), 0.0)
