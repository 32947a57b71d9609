"""Every kind of measurement that a letter can ask for."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from probes.agent_to_agent.plan import AgentToAgentPlan
from probes.agent_to_agent.result import AgentToAgentResult
from probes.dns.plan import DnsPlan
from probes.dns.result import DnsResult
from probes.dns_trace.plan import DnsTracePlan
from probes.dns_trace.result import DnsTraceResult
from probes.dnssec.plan import DnssecPlan
from probes.dnssec.result import DnssecResult
from probes.ftp.plan import FtpPlan
from probes.ftp.result import FtpResult
from probes.http.plan import HttpPlan
from probes.http.result import HttpResult
from probes.mtu.plan import MtuPlan
from probes.mtu.result import MtuResult
from probes.page.plan import PagePlan
from probes.page.result import PageResult
from probes.ping import PingPlan
from probes.results import PingResult
from probes.sip.plan import SipPlan
from probes.sip.result import SipResult
from probes.tcp.plan import TcpPlan
from probes.tcp.result import TcpResult
from probes.throughput.plan import ThroughputPlan
from probes.throughput.result import ThroughputResult
from probes.trace.plan import TracePlan
from probes.trace.result import TraceResult
from probes.transaction.plan import TransactionPlan
from probes.transaction.result import TransactionResult
from probes.voice.plan import VoicePlan
from probes.voice.result import VoiceResult


@dataclass(frozen=True, slots=True)
class Verb:
    """One kind of measurement; `waits` is how many of its time-outs may follow one another."""

    plan: type[Any]
    result: type[Any]
    waits: int

    def longest_s(self, plan: Any) -> float:
        """Return a generous bound for how long this plan takes once it is begun."""
        waiting_s = self.waits * plan.timeout_s * getattr(plan, "tries", 1)
        pauses_s = getattr(plan, "count", 0) * getattr(plan, "interval_s", 0.0)
        return float(waiting_s + pauses_s + 2 * getattr(plan, "duration_s", 0.0))


VERBS = MappingProxyType(
    {
        "ping": Verb(PingPlan, PingResult, 1),
        "tcp": Verb(TcpPlan, TcpResult, 1),
        "trace": Verb(TracePlan, TraceResult, 40),
        "mtu": Verb(MtuPlan, MtuResult, 20),
        "http": Verb(HttpPlan, HttpResult, 2),
        "dns": Verb(DnsPlan, DnsResult, 2),
        "dns-trace": Verb(DnsTracePlan, DnsTraceResult, 10),
        "dnssec": Verb(DnssecPlan, DnssecResult, 20),
        "ftp": Verb(FtpPlan, FtpResult, 2),
        "sip": Verb(SipPlan, SipResult, 2),
        "voice": Verb(VoicePlan, VoiceResult, 3),
        "agent-to-agent": Verb(AgentToAgentPlan, AgentToAgentResult, 3),
        "throughput": Verb(ThroughputPlan, ThroughputResult, 6),
        "page": Verb(PagePlan, PageResult, 3),
        "transaction": Verb(TransactionPlan, TransactionResult, 3),
    }
)


def verb_of(plan: object) -> str | None:
    """Return what a plan is called in letters; None for one that no letter can carry."""
    return next((name for name, verb in VERBS.items() if type(plan) is verb.plan), None)
