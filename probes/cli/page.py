"""The verb `probes page`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import click

from probes.cli.browser_options import FILE, browser_options, settings_of, troubles
from probes.cli.common import chosen, conclude, options, repeated
from probes.cli.tables import Rows, ms
from probes.cli.waterfall import waterfall
from probes.network import Network
from probes.page import PagePlan, PageResult


@click.command()
@click.argument("url")
@options(count_help="Times to load it.  [default: 1; endless with --watch]", timeout_s=10.0)
@browser_options
@click.option("--har", type=FILE, help="Write the last loading as a HAR 1.2 file.")
@click.option("--screenshot", type=FILE, help="Write a picture of the loaded page (PNG).")
@click.option("--waterfall", "drawn", is_flag=True, help="Draw the requests over time.")
def page(url: str, **given: Any) -> None:
    """Load the page at URL in Chromium, with all that belongs to it.

    Whatever host the page names passes the same gate as the URL; what is refused is listed.

    \b
    Examples:
      probes page http://127.0.0.1:8080/
      probes page https://localhost:8443/ --insecure --waterfall
      probes page http://127.0.0.1:8080/ --har page.har --screenshot page.png
      probes page https://any.name/ --simulate 7 --waterfall
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    if given["drawn"] and (given["json"] or given["watch"]):
        raise click.UsageError("--waterfall is not for --json or --watch")
    conclude(lambda network: _results(network, url, given), chosen(given), rows)  # type: ignore[arg-type]


async def _results(network: Network, url: str, given: dict[str, Any]) -> AsyncIterator[PageResult]:
    plan = PagePlan(
        url,
        timeout_s=given["timeout"],
        screenshot=given["screenshot"] is not None,
        browser=settings_of(given),
    )
    async for result in repeated(network, plan, given):  # type: ignore[arg-type]
        yield result
        _keep(result, given)


def _keep(result: PageResult, given: dict[str, Any]) -> None:
    """Write and draw what was asked for, after the figures were shown."""
    if given["har"]:
        Path(given["har"]).write_text(json.dumps(result.as_har(), indent=1), "utf-8")
    if given["screenshot"] and result.screenshot:
        Path(given["screenshot"]).write_bytes(result.screenshot.png)
    if given["drawn"]:
        from rich.console import Console  # noqa: PLC0415 - only the waterfall needs rich

        Console().print(waterfall(result.components))


def rows(result: PageResult) -> Rows:
    """Say it to people."""
    status = "-" if result.status is None else str(result.status)
    amount = f"{result.objects}, {result.errors} failed, {result.wire_bytes} bytes transferred"
    phases = (result.dns_ms, result.connect_ms, result.tls_ms, result.wait_ms, result.receive_ms)
    shown = [
        (result.target, result.address or "-"),
        ("status", f"{status} {result.protocol or ''}".rstrip()),
        ("dns/connect/tls/wait/receive", " / ".join(map(ms, phases))),
        ("first byte", ms(result.response_ms)),
        ("first contentful paint", ms(result.first_contentful_paint_ms)),
        ("dom content loaded", ms(result.dom_content_loaded_ms)),
        ("load", ms(result.load_ms)),
        ("objects", amount),
        *troubles(result.components, result.refusals),
    ]
    return [*shown, ("failure", str(result.failure))] if result.failure else shown
