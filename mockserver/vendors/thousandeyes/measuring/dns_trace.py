"""dns-trace: the way from the root servers down to a name's records."""

from __future__ import annotations

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring import questions
from mockserver.vendors.thousandeyes.measuring.entries import known, whole_ms
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.dns_trace.plan import DnsTracePlan
from probes.dns_trace.result import DnsTraceResult
from probes.errors import ProbeError
from probes.network import Network

_LONGEST_OUTPUT = 50_000


async def measure(network: Network, task: Task) -> Findings:
    """Return one entry of `dns/trace`, also where the walk could not begin."""
    try:
        entry = _entry(await network.measure(_plan(task)))
    except ProbeError as error:
        entry = {"errorDetails": str(error)}
    return {"dns/trace": [entry]}


def _plan(task: Task) -> DnsTracePlan:
    name, rdtype = questions.question(task.settings, "ANY")
    transport = questions.transport(task.settings)
    return DnsTracePlan(name, rdtype, roots=questions.roots(task), transport=transport)


def _entry(result: DnsTraceResult) -> Document:
    why = questions.complaint(result.rcode, result.rdtype, result.mappings)
    return known(
        {
            "output": result.output[:_LONGEST_OUTPUT],
            "queries": result.queries,
            "failedQueries": result.failed_queries,
            "finalServerQueried": result.final_server,
            "finalQueryTime": whole_ms(result.final_query_ms),
            "mappings": "\n".join(result.mappings) or None,
            "errorDetails": str(result.failure) if result.failure else why,
        }
    )
