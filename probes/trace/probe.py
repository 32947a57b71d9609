"""The trace probe: which routers lie on the way, and how long each takes to answer."""

from probes.live import LiveNetwork
from probes.resolve import PinnedTarget
from probes.trace.assemble import result_of
from probes.trace.course import Course
from probes.trace.engine import TraceEngine
from probes.trace.lane import Order
from probes.trace.plan import TracePlan, TraceProtocol
from probes.trace.result import TraceResult

AHEAD = {TraceProtocol.ICMP: 16, TraceProtocol.UDP: 8, TraceProtocol.TCP: 8}
"""TTLs that are tried beyond the last router that answered.

What goes too far reaches the target. Hosts limit "port unreachable" (Linux: six, then one a
second), and connections are dearer to them than echoes.
"""
MOST_TCP_PATIENCE_S = 0.95
"""After a second the kernel sends a second SYN (RFC 6298, 2.1), whose answer would pass for the
first one's."""


async def trace(plan: TracePlan, network: LiveNetwork) -> TraceResult:
    """Resolve the target once, pin its address and trace the way to that."""
    pinned = await network.gate.admit(plan.target)
    course = Course(order_of(plan), str(pinned.address))
    await travel(plan, network, pinned, course)
    result = result_of(plan, pinned, course)
    course.release()
    return result


async def travel(
    plan: TracePlan,
    network: LiveNetwork,
    pinned: PinnedTarget,
    course: Course,
    due_s: float = 0.0,
) -> None:
    """Carry a course out over the network's one trace engine, not before it is due."""
    protocol = TraceProtocol(plan.protocol)
    engine = network.shared(
        TraceEngine, lambda: TraceEngine(network.gate.policy, pace=network.pace)
    )
    await engine.trace(pinned, protocol, plan.probed_port or 0, course, due_s)


def order_of(plan: TracePlan, length: int = 0) -> Order:
    """Word the plan for a course; `length` is how long the path was before, 0 if not known."""
    protocol = TraceProtocol(plan.protocol)
    is_tcp = protocol is TraceProtocol.TCP
    timeout_s = min(plan.timeout_s, MOST_TCP_PATIENCE_S) if is_tcp else plan.timeout_s
    return Order(
        plan.flows,
        plan.probes_per_hop,
        plan.most_hops,
        timeout_s,
        AHEAD[protocol],
        length,
        # Without rights the kernel allows one connection attempt a flow at a time.
        alone=is_tcp and plan.flows > 1,
    )
