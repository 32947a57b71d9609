"""The agent-to-agent probe: loss, latency and jitter each way between here and a responder."""

from probes.agent_to_agent.plan import AgentToAgentPlan, Direction
from probes.agent_to_agent.result import AgentToAgentResult, OneWay

__all__ = ["AgentToAgentPlan", "AgentToAgentResult", "Direction", "OneWay"]
