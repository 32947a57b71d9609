"""The mtu probe over real sockets: packets that may not be fragmented, and what they meet."""

import asyncio
import select
import time
from dataclasses import dataclass

from probes.live import LiveNetwork
from probes.mtu.carriers import Carrier, open_carrier
from probes.mtu.plan import MtuPlan
from probes.mtu.result import MtuResult
from probes.mtu.search import SMALLEST, Search
from probes.mtu.verdict import SILENCE, Fate, Verdict

_TURN_S = 0.005


async def mtu(plan: MtuPlan, network: LiveNetwork) -> MtuResult:
    """Search the path MTU; ProbeError says why that could not begin."""
    pinned = await network.gate.admit(plan.target)
    search = Search(SMALLEST[pinned.address.version], plan.longest_bytes + 1)
    carrier = open_carrier(plan, pinned)
    prober = _Prober(plan, network, carrier)
    try:
        await search.run(prober.verdict)
    finally:
        prober.close()
    return found(plan, str(pinned.address), search, prober.sent)


def found(plan: MtuPlan, address: str, search: Search, sent: int) -> MtuResult:
    """Put what the search has learnt into a result."""
    return MtuResult(
        plan.target,
        address,
        plan.protocol,
        None if search.failure else search.low,
        search.interface,
        None if search.failure else search.black_hole,
        tuple(search.reports.values()),
        search.rtt_ms,
        sent,
        search.failure,
    )


@dataclass(slots=True)
class _Try:
    answer: asyncio.Future[Verdict]
    sent_at: float


class _Prober:
    """Sends packets of a size and waits for what becomes of them; one size at a time."""

    def __init__(self, plan: MtuPlan, network: LiveNetwork, carrier: Carrier) -> None:
        self.sent = 0
        self._plan, self._pace, self._carrier = plan, network.pace, carrier
        self._tries: dict[int, _Try] = {}
        self._loop = asyncio.get_running_loop()
        # Some event loops stop watching a socket that has something in its error queue.
        self._watch = select.epoll()
        self._watch.register(carrier.fileno(), select.EPOLLIN)
        self._loop.add_reader(self._watch.fileno(), self._read)

    def close(self) -> None:
        """Give the descriptors back."""
        self._loop.remove_reader(self._watch.fileno())
        self._watch.close()
        self._carrier.close()

    async def verdict(self, size: int) -> Verdict:
        """Try a size as often and as patiently as planned."""
        answer: asyncio.Future[Verdict] = self._loop.create_future()
        for wait_s in self._plan.waits_s:
            await self._send(size, answer)
            await asyncio.wait({answer}, timeout=wait_s)
            if answer.done():
                return answer.result()
        # An answer may have reached the kernel in time while this program was busy.
        self._read()
        return answer.result() if answer.done() else SILENCE

    async def _send(self, size: int, answer: asyncio.Future[Verdict]) -> None:
        # A bucket of tokens has no event to wait for.
        while not self._pace.take(self._loop.time()):  # noqa: ASYNC110
            await asyncio.sleep(_TURN_S)
        self.sent += 1
        key = self._carrier.next_key()
        self._tries[key] = _Try(answer, time.perf_counter())
        objection = self._carrier.send(key, size)
        if objection and not answer.done():
            answer.set_result(objection)
        self._read()

    def _read(self) -> None:
        for key, verdict in self._carrier.arrivals():
            attempt = self._tries.get(key)
            if attempt is None or attempt.answer.done():
                continue
            attempt.answer.set_result(_timed(verdict, time.perf_counter() - attempt.sent_at))


def _timed(verdict: Verdict, elapsed_s: float) -> Verdict:
    if verdict.fate is not Fate.ANSWERED:
        return verdict
    return Verdict(Fate.ANSWERED, rtt_ms=elapsed_s * 1000)
