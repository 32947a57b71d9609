"""Rules across several keys of a creation: what the contract can only say in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockserver.core.errors import Violation
from mockserver.vendors.thousandeyes.measuring.script import NotJavaScript, check
from mockserver.vendors.thousandeyes.model import CLOUD
from mockserver.vendors.thousandeyes.proposals import Proposal

_AN_AGENT = "the agentId of an agent of this account group"


def violations(proposal: Proposal) -> tuple[Violation, ...]:
    """Return everything that speaks against creating the test."""
    rule = _RULES.get(proposal.type)
    return (*_unknown_agents(proposal), *(rule(proposal) if rule else ()))


def _unknown_agents(proposal: Proposal) -> Iterator[Violation]:
    for place, choice in enumerate(proposal.body["agents"]):
        if choice["agentId"] not in proposal.agents:
            name = f"agents[{place}].agentId"
            yield Violation("body", name, "unknown agent", _AN_AGENT, choice["agentId"])
    target = proposal.settings.get("targetAgentId")
    if target is not None and target not in proposal.agents:
        yield Violation("body", "targetAgentId", "unknown agent", _AN_AGENT, target)


def _no_port_with_icmp(proposal: Proposal) -> Iterator[Violation]:
    port = proposal.body.get("port")
    if port is not None and proposal.settings["protocol"] == "ICMP":
        yield Violation("body", "port", "conflict", "no port where protocol is ICMP", port)


def _no_throughput_with_cloud(proposal: Proposal) -> Iterator[Violation]:
    ends = [choice["agentId"] for choice in proposal.body["agents"]]
    ends.append(proposal.settings["targetAgentId"])
    types = [proposal.agents.get(agent_id, {}).get("agentType") for agent_id in ends]
    if proposal.settings["throughputMeasurements"] and CLOUD in types:
        expected = "0 where a Cloud agent is the source or the target"
        yield Violation("body", "throughputMeasurements", "conflict", expected, 1)


def _limits_in_order(proposal: Proposal) -> Iterator[Violation]:
    settings = proposal.settings
    target, limit = settings.get("pageLoadTargetTime", 0), settings["pageLoadTimeLimit"]
    if target > limit:
        expected = f"at most pageLoadTimeLimit, which is {limit}"
        yield Violation("body", "pageLoadTargetTime", "conflict", expected, target)
    if limit <= settings["httpTimeLimit"]:
        expected = f"more than httpTimeLimit, which is {settings['httpTimeLimit']}"
        yield Violation("body", "pageLoadTimeLimit", "conflict", expected, limit)


def _script_can_be_read(proposal: Proposal) -> Iterator[Violation]:
    script = proposal.settings["transactionScript"]
    try:
        check(script)
    except NotJavaScript as found:
        expected = f"JavaScript; at {found}"
        yield Violation("body", "transactionScript", "syntax", expected, script)


_RULES: dict[str, Callable[[Proposal], Iterator[Violation]]] = {
    "agent-to-server": _no_port_with_icmp,
    "agent-to-agent": _no_throughput_with_cloud,
    "page-load": _limits_in_order,
    "web-transactions": _script_can_be_read,
}
