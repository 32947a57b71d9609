"""One round of a session: what a probe's result means for its samples."""

from __future__ import annotations

import asyncio

import pytest

from mockserver.core.following import Followed
from mockserver.core.networks import Measured
from mockserver.core.rounds import Round
from mockserver.vendors.pingplotter.tracing import NothingSent, Subject, run
from probes.failure import Failure, FailureKind
from probes.results import PingResult
from probes.tcp import TcpAttempt, TcpMode, TcpResult

HERE = "192.0.2.7"


class FixedPlace:
    """Gives one result to every plan, as a machine elsewhere would."""

    def __init__(self, result):
        self.result, self.plans = result, []

    async def measured(self, plan):
        self.plans.append(plan)
        return Measured(self.result, "live")


def told(result, *, configuration="icmp-default", is_name=False):
    subject = Subject(HERE, configuration, is_name=is_name)
    followed = Followed("pingplotter", "default", "s1:x", "here", 2500, subject)
    return asyncio.run(run(FixedPlace(result), followed))


def tcp(failure=None, **times):
    attempt = TcpAttempt(40_000, **times, failure=failure)
    return TcpResult(HERE, HERE, 443, TcpMode.SYN, (attempt,), failure)


def test_an_answer_is_a_round_trip():
    assert told(PingResult.of(HERE, HERE, [7.5])) == Round(7.5, "live")


def test_silence_is_loss():
    assert told(PingResult.of(HERE, HERE, [None])) == Round(None, "live")


def test_what_was_never_sent_is_no_loss():
    with pytest.raises(NothingSent, match=HERE):
        told(PingResult.of(HERE, HERE, [], "network is unreachable", not_sent=1))


def test_the_address_of_a_name_is_news_and_that_of_an_address_is_not():
    result = PingResult.of("shop.example.net", HERE, [7.5])
    assert told(result, is_name=True).news == HERE
    assert told(result).news == ""


def test_an_open_port_answers():
    assert told(tcp(connect_ms=9.0, kernel_rtt_ms=8.0), configuration="tcp-443").rtt_ms == 8.0


def test_a_closed_port_answers_as_well():
    refusal = Failure(FailureKind.REFUSED, "connect", "The connection was refused.")
    assert told(tcp(refusal, connect_ms=9.0), configuration="tcp-443").rtt_ms == 9.0


def test_a_port_that_says_nothing_is_loss():
    silence = Failure(FailureKind.TIMEOUT, "connect", "The server did not answer in time.")
    assert told(tcp(silence), configuration="tcp-443").rtt_ms is None
