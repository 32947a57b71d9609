"""The slow half of an instant test: what each agent measures in a round, by the type of the test.

One file a type. Each has a coroutine that carries out the plans of `probes` through a network and
words what came of them as entries of the result pages, without what all entries share.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.vendors.thousandeyes.measuring import (
    agent_to_agent,
    agent_to_server,
    dns_server,
    dns_trace,
    dnssec,
    ftp_server,
    http_server,
    page_load,
    sip_server,
    voice,
    web_transactions,
)
from mockserver.vendors.thousandeyes.measuring.task import Measure

MEASURES: Mapping[str, Measure] = {
    "agent-to-server": agent_to_server.measure,
    "agent-to-agent": agent_to_agent.measure,
    "http-server": http_server.measure,
    "page-load": page_load.measure,
    "web-transactions": web_transactions.measure,
    "ftp-server": ftp_server.measure,
    "dns-trace": dns_trace.measure,
    "dns-server": dns_server.measure,
    "dns-dnssec": dnssec.measure,
    "sip-server": sip_server.measure,
    "voice": voice.measure,
}

__all__ = ["MEASURES"]
