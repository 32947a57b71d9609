"""The tcp probe over real sockets: attempts in their rhythm, each judged by itself."""

import asyncio
import socket
import struct
from contextlib import ExitStack

from probes.live import LiveNetwork
from probes.socket_address import Sockaddr, socket_address
from probes.targets import family_of
from probes.tcp.attempt import attempt, claim_port, open_socket
from probes.tcp.plan import TcpPlan
from probes.tcp.result import TcpAttempt, TcpMode, TcpResult, verdict

MOST_UNDER_WAY = 64
_TURN_S = 0.005
_ABORT = struct.pack("ii", 1, 0)


async def tcp(plan: TcpPlan, network: LiveNetwork) -> TcpResult:
    """Try the port as often as planned; ProbeError says why that could not begin."""
    pinned = await network.gate.admit(plan.target)
    where = socket_address(pinned, plan.port)
    with ExitStack() as held:
        run = _Run(plan, network, where, family_of(pinned.address), held)
        attempts = tuple(await run.attempts())
    failure = verdict(plan.mode, attempts)
    return TcpResult(plan.target, str(pinned.address), plan.port, plan.mode, attempts, failure)


class _Run:
    """The attempts of one plan; its sockets are `held`, in the mode `syn` until all is over.

    So no source port comes twice.
    """

    def __init__(
        self,
        plan: TcpPlan,
        network: LiveNetwork,
        where: Sockaddr,
        family: socket.AddressFamily,
        held: ExitStack,
    ) -> None:
        self._plan, self._network, self._where = plan, network, where
        self._family, self._held = family, held
        self._slots = asyncio.Semaphore(MOST_UNDER_WAY)
        self._now = asyncio.get_running_loop().time

    async def attempts(self) -> list[TcpAttempt]:
        """Begin one after the other, and wait for all."""
        tasks: list[asyncio.Task[TcpAttempt]] = []
        due = self._now()
        try:
            for _ in range(self._plan.count):
                await self._turn(due)
                tasks.append(asyncio.create_task(self._attempt()))
                # After a stall the rest of the schedule moves; a burst would load the path.
                due = max(due, self._now() - _TURN_S) + self._plan.interval_s
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _turn(self, due: float) -> None:
        await asyncio.sleep(max(0.0, due - self._now()))
        await self._slots.acquire()
        # A bucket of tokens has no event to wait for.
        while not self._network.pace.take(self._now()):  # noqa: ASYNC110
            await asyncio.sleep(_TURN_S)

    async def _attempt(self) -> TcpAttempt:
        plan = self._plan
        try:
            sock = open_socket(self._family)
            self._held.callback(sock.close)
            if plan.mode is TcpMode.SYN:
                claim_port(sock)
            result = await attempt(sock, self._where, plan.mode, plan.timeout_s)
            self._leave(sock)
            return result
        finally:
            self._slots.release()

    def _leave(self, sock: socket.socket) -> None:
        if self._plan.mode is TcpMode.SYN:
            # A RST instead of a farewell: no more than a SYN was promised.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        else:
            sock.close()
