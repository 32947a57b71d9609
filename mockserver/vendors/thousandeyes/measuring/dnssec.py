"""dns-dnssec: whether a chain of signatures leads from the root's keys to a name's records."""

from __future__ import annotations

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring import questions
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.dnssec.plan import DnssecPlan
from probes.dnssec.result import DnssecResult
from probes.errors import ProbeError
from probes.network import Network


async def measure(network: Network, task: Task) -> Findings:
    """Return one entry of `dns/dnssec`: what is not proven is not valid, whatever the reason."""
    try:
        entry = _entry(await network.measure(_plan(task)))
    except ProbeError as error:
        entry = {"valid": 0, "errorDetails": str(error)}
    return {"dns/dnssec": [entry]}


def _plan(task: Task) -> DnssecPlan:
    name, rdtype = questions.question(task.settings, "A")
    roots, anchors = questions.roots(task), questions.anchors(task)
    return DnssecPlan(name, rdtype, anchors=anchors, roots=roots)


def _entry(result: DnssecResult) -> Document:
    return {"valid": int(result.valid), "errorDetails": "" if result.valid else result.reason}
