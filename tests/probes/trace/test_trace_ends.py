"""Every trace ends: ports that stay taken, a kernel that takes nothing, an endless course."""

import asyncio
import errno
from ipaddress import ip_address
from typing import Any

import pytest
from netlab import Lab
from peers import needs
from trace_rig import HOST, PIN, Walk, traced

from probes import PinnedTarget, TargetPolicy
from probes.failure import FailureKind
from probes.trace import HopState, TracePlan, TraceProtocol
from probes.trace import engine as engine_module
from probes.trace.assemble import result_of
from probes.trace.channels import IcmpChannel
from probes.trace.course import Course
from probes.trace.engine import TraceEngine
from probes.trace.lane import Order

HOME = PinnedTarget("127.0.0.1", ip_address("127.0.0.1"))
PLAN = TracePlan("127.0.0.1")


class Endless(Course):
    """Never knows enough."""

    def is_over(self, now_s: float) -> bool:
        return now_s < 0

    def wake_s(self, now_s: float) -> float:
        return now_s + 3600


def travelled(course: Course) -> Course:
    async def body() -> None:
        engine = TraceEngine(TargetPolicy())
        try:
            async with asyncio.timeout(20):
                await engine.trace(HOME, TraceProtocol.ICMP, 0, course)
        finally:
            engine.close()

    asyncio.run(body())
    return course


@pytest.mark.slow
@pytest.mark.parametrize("flows", [2, 4])
def test_tcp_flows_pass_a_silent_hop(flows: int) -> None:
    with Lab(routers=3) as lab:
        (nft,) = needs("nft")
        lab.routers[1].exec(
            f"{nft} add table ip t && "
            f"{nft} add chain ip t o '{{ type filter hook output priority 0; }}' && "
            f"{nft} add rule ip t o icmp type time-exceeded drop"
        )
        plan = TracePlan(lab.address("server"), "tcp", flows=flows, timeout_s=0.3)
        (result,) = traced(lab, plan)
        truth = lab.hops()
    assert [path.addresses for path in result.paths] == [(truth[0], None, *truth[2:])] * flows
    assert [(hop.state, hop.sent) for hop in result.hops][1] == (HopState.SILENT, 3 * flows)
    assert result.packet_loss == 0.0


def test_a_course_without_an_end_is_cut() -> None:
    order = Order(probes_per_hop=1, most_hops=1, timeout_s=0.05)
    course = travelled(Endless(order, "127.0.0.1"))
    assert (course.is_cut, course.send_error) == (True, None)


def test_a_trace_that_was_cut_short_of_the_target_says_so() -> None:
    course = Course(Order(most_hops=1), HOST)
    course.cut(5.0)
    failure = result_of(PLAN, PIN, course).failure
    assert failure is not None
    assert (failure.kind, "stopped after" in failure.message) == (FailureKind.TIMEOUT, True)


@pytest.mark.parametrize("number", [errno.EADDRNOTAVAIL, None])
def test_a_kernel_that_takes_nothing_is_not_asked_for_ever(
    monkeypatch: pytest.MonkeyPatch, number: int | None
) -> None:
    def full(_self: Any, *_: Any) -> Any:
        raise BlockingIOError(*([number, "no ports"] if number else []))

    monkeypatch.setattr(IcmpChannel, "send", full)
    monkeypatch.setattr(engine_module, "_MOST_HELD_S", 0.05)
    course = travelled(Course(Order(), "127.0.0.1"))
    assert (course.send_error, course.is_cut) == (
        "no ports" if number else "no room for another probe",
        False,
    )


def test_a_kernel_without_room_for_a_moment_costs_no_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send, refusals = IcmpChannel.send, iter(range(3))

    def hesitant(self: IcmpChannel, *given: Any) -> None:
        if next(refusals, None) is not None:
            raise BlockingIOError
        send(self, *given)

    monkeypatch.setattr(IcmpChannel, "send", hesitant)
    course = travelled(Course(Order(), "127.0.0.1"))
    assert course.send_error is None
    assert course.lanes[0].end == 1


@pytest.mark.parametrize("settings", [{}, {"alone": True}, {"flows": 16, "most_hops": 255}])
def test_no_course_that_waits_for_everything_is_cut(settings: dict[str, Any]) -> None:
    walk = Walk(dict.fromkeys(range(1, 29)), **settings)
    assert walk.finish().ended_s <= walk.course.order.longest_s
