"""A page-load test: the page in a browser, its server's first answer, the network below."""

from __future__ import annotations

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring.browsing import browser_settings
from mockserver.vendors.thousandeyes.measuring.entries import known, whole_ms
from mockserver.vendors.thousandeyes.measuring.faults import fault
from mockserver.vendors.thousandeyes.measuring.http_plans import with_scheme
from mockserver.vendors.thousandeyes.measuring.http_server import fetched, network_below
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.errors import ProbeError
from probes.network import Network
from probes.page import PagePlan, PageResult


async def measure(network: Network, task: Task) -> Findings:
    """Load the page, then ask its server once more by itself, then measure the network."""
    return {
        "web/page-load": [await _loaded(network, task)],
        "web/http-server": [await fetched(network, task)],
        **await network_below(network, task),
    }


async def _loaded(network: Network, task: Task) -> Document:
    try:
        result = await network.measure(_plan(task))
    except ProbeError as error:
        return fault(error)
    return _entry(result)


def _plan(task: Task) -> PagePlan:
    return PagePlan(
        with_scheme(task.settings["url"]),
        timeout_s=task.settings.get("pageLoadTimeLimit", 10),
        most_dom=0,
        browser=browser_settings(task),
    )


def _entry(result: PageResult) -> Document:
    figures = {
        "responseTime": whole_ms(result.response_ms),
        "totalSize": result.wire_bytes,
        "numObjects": result.objects,
        "numErrors": result.errors,
        # The documents call this the time to interaction.
        "domLoadTime": whole_ms(result.dom_interactive_ms),
        "pageLoadTime": whole_ms(result.load_ms if result.ok else None),
    }
    return known(figures) | fault(result.failure)
