"""TCP where there is no way: what ICMP said, and what was never sent."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import uvloop
from netlab import Lab
from tcp_peers import closed_port, measured

from probes import TargetPolicy
from probes.cli.tcp import rows
from probes.dns import DnsPlan
from probes.failure import FailureKind
from probes.ftp import FtpPlan
from probes.sip import SipPlan
from probes.tcp import TcpPlan, TcpResult

PORT = 9
RULE = f"tcp dport {PORT} reject with icmpx type host-unreachable"
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Make a loopback where ICMP answers a SYN."""
    with Lab(routers=0) as made:
        made.client.exec("nft add table inet t")
        made.client.exec("nft 'add chain inet t c { type filter hook input priority 0 ; }'")
        made.client.exec(f"nft add rule inet t c {RULE}")
        yield made


def nowhere(**settings: Any) -> TcpResult:
    policy = TargetPolicy.allowing("203.0.113.0/24")
    return measured(TcpPlan("203.0.113.1", 80, count=2, interval_s=0, **settings), policy)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
@pytest.mark.parametrize(
    "plan",
    [
        TcpPlan("127.0.0.1", PORT, count=1, timeout_s=0.3),
        SipPlan("127.0.0.1", transport="tcp", port=PORT, timeout_s=0.3),
        DnsPlan("127.0.0.1", "a.b", transport="tcp", port=PORT, timeout_s=0.3),
        FtpPlan(f"127.0.0.1:{PORT}/a", timeout_s=0.3),
    ],
)
def test_a_host_that_icmp_calls_unreachable_is_not_just_late(
    lab: Lab, plan: Any, run: Run
) -> None:
    result = lab.client.run(lambda: measured(plan, run=run))
    assert result.failure.kind is FailureKind.UNREACHABLE
    assert result.failure.message == "The server cannot be reached (No route to host)."


def test_a_router_that_says_only_sometimes_why_is_heard() -> None:
    with Lab(routers=1) as lab:
        policy = TargetPolicy.allowing("10.99.0.0/16")
        plan = TcpPlan("10.99.0.1", 80, count=20, interval_s=0.002, timeout_s=0.3)
        result = lab.client.run(lambda: measured(plan, policy))
    kinds = {attempt.failure.kind for attempt in result.attempts}
    assert kinds == {FailureKind.UNREACHABLE, FailureKind.TIMEOUT}
    assert result.attempts[-1].failure.kind is FailureKind.TIMEOUT
    assert result.failure.kind is FailureKind.UNREACHABLE


@pytest.mark.parametrize("mode", ["connect", "syn"])
def test_nothing_sent_is_no_loss(namespace: Any, mode: str) -> None:
    result = namespace().run(lambda: nowhere(mode=mode))
    assert (result.sent, result.received, result.packet_loss) == (0, 0, None)
    assert result.failure.kind is FailureKind.UNREACHABLE
    assert "Network is unreachable" in result.failure.message


def test_nothing_sent_is_said_to_people(namespace: Any) -> None:
    shown = dict(rows(namespace().run(nowhere)))
    assert shown["connect"] == "2 tried, nothing could be sent"


def test_a_lost_syn_was_sent(lab: Lab) -> None:
    result = lab.client.run(lambda: measured(TcpPlan("127.0.0.1", PORT, count=1, timeout_s=0.2)))
    assert (result.sent, result.packet_loss) == (1, 100)


def test_a_refusal_is_told_in_plain_words() -> None:
    with closed_port("::1") as port:
        result = measured(TcpPlan("::1", port, count=1))
    assert str(result.failure) == "refused in connect: The server refused the connection."
