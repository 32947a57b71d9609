"""A page made up from the seed, and loaded over the imagined path."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from probes.browser.component import PageView
from probes.browser.imagined_loading import Loading
from probes.browser.imagined_site import Site
from probes.page.plan import PagePlan
from probes.page.result import Document, PageResult
from probes.resolve import check_name
from probes.simulated import SimulatedNetwork


async def page(plan: PagePlan, network: SimulatedNetwork) -> PageResult:
    """Load it: a document, then what it names, over at most six connections to a host.

    The same components for every loading of one URL; times differ as the path lets them.
    """
    check_name(plan.address.host)
    site = Site.drawn(network, plan.address)
    stream = network.turn("page", plan.target)
    loading = Loading(network, plan.address, stream, plan.timeout_s * 1000)
    loading.load(site, plan.browser)
    result = _result(plan, network, site, loading)
    await network.clock.sleep(loading.spent_ms / 1000 + plan.quiet_s * result.settled)
    return result


def _result(plan: PagePlan, network: SimulatedNetwork, site: Site, loading: Loading) -> PageResult:
    began = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=network.clock.now_ms())
    address = str(network.address(plan.address.host))
    result = PageResult(plan.target, address, began, loading.failure, plan.target)
    result = replace(result, components=tuple(loading.components))
    if not loading.components or loading.components[0].status is None:
        return result
    html = site.html[: plan.most_dom] if loading.view.dom_content_loaded_ms else ""
    return replace(
        _with_phases(result, loading),
        settled=loading.view.load_ms is not None,
        views=(loading.view,),
        document=Document(site.title, html, len(site.html)),
    )


def _with_phases(result: PageResult, loading: Loading) -> PageResult:
    first, view = loading.components[0], loading.view
    phases = first.phases
    return replace(
        result,
        status=first.status,
        protocol=first.protocol,
        dns_ms=phases.dns_ms,
        connect_ms=phases.connect_ms,
        tls_ms=phases.tls_ms,
        wait_ms=phases.wait_ms,
        receive_ms=phases.receive_ms,
        response_ms=view.response_ms,
        first_paint_ms=view.first_contentful_paint_ms,
        first_contentful_paint_ms=view.first_contentful_paint_ms,
        largest_contentful_paint_ms=_largest_ms(view),
        dom_interactive_ms=view.dom_content_loaded_ms,
        dom_content_loaded_ms=view.dom_content_loaded_ms,
        load_ms=view.load_ms,
    )


def _largest_ms(view: PageView) -> float | None:
    """Take the last picture for the largest paint, once everything has come."""
    return view.load_ms or view.first_contentful_paint_ms
