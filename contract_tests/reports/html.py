"""One HTML file for people: no script, readable on a phone, light or dark as they like it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contract_tests.reports.clean import clean
from contract_tests.reports.picture import picture
from contract_tests.reports.record import Report


def html(report: Report) -> str:
    """Return the page; whatever a server said stands there as text."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"clean": clean, "shade": shade, "picture": picture}
    began = datetime.fromtimestamp(report.began_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    page = environment.get_template("report.html.j2")
    return page.render(report=report, began=began)


def shade(count: int) -> str:
    """Return how full a cell of the picture is: `none`, `few`, `some` or `many`."""
    if count == 0:
        return "none"
    return "few" if count < 3 else "some" if count < 20 else "many"
