"""A waterfall of components for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from probes.browser.component import Component, Phases

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

WIDTH = 44
_STYLES = {
    "blocked_ms": ("·", "dim"),
    "dns_ms": ("█", "cyan"),
    "connect_ms": ("█", "yellow"),
    "tls_ms": ("█", "magenta"),
    "send_ms": ("█", "blue"),
    "wait_ms": ("█", "green"),
    "receive_ms": ("█", "bright_blue"),
}


def waterfall(components: Sequence[Component]) -> Table:
    """Draw a bar for each component over one line of time, a colour for each phase."""
    from rich.table import Table  # noqa: PLC0415 - only a waterfall needs rich
    from rich.text import Text  # noqa: PLC0415

    end_ms = max((c.started_ms + c.phases.total_ms for c in components), default=0.0)
    table = Table(box=None, pad_edge=False, expand=True)
    table.add_column("", min_width=3, overflow="ellipsis", no_wrap=True)
    table.add_column("URL", overflow="ellipsis", no_wrap=True, ratio=1, min_width=12)
    table.add_column("ms", justify="right", min_width=5, no_wrap=True)
    table.add_column(_legend(), min_width=WIDTH, no_wrap=True)
    for component in components:
        took = "-" if component.duration_ms is None else f"{component.duration_ms:.0f}"
        # Not markup: URLs may hold square brackets.
        words = (_status(component), component.url, took)
        table.add_row(*map(Text, words), _bar(component, end_ms))
    return table


def _status(component: Component) -> str:
    if component.status is not None:
        return str(component.status)
    return component.failure.kind.value if component.failure else "-"


def _legend() -> Text:
    from rich.text import Text  # noqa: PLC0415

    names = [(name.removesuffix("_ms") + " ", style) for name, (_, style) in _STYLES.items()]
    return Text.assemble(*names)


def _bar(component: Component, end_ms: float) -> Text:
    from rich.text import Text  # noqa: PLC0415

    scale = WIDTH / end_ms if end_ms > 0 else 0.0
    begin = round(component.started_ms * scale)
    bar = Text(" " * begin, no_wrap=True)
    for sign, style, until_ms in _pieces(component):
        length = round(until_ms * scale) - (len(bar.plain))
        bar.append(sign * max(0, length), style)
    if len(bar.plain) == begin:
        bar.append("▏", "red" if component.failure else "green")
    return bar


def _pieces(component: Component) -> Iterator[tuple[str, str, float]]:
    """Give each phase's sign, its style and when it ends."""
    moment_ms = component.started_ms
    for field in fields(Phases):
        value_ms = getattr(component.phases, field.name)
        if value_ms is not None:
            moment_ms += value_ms
            yield (*_STYLES[field.name], moment_ms)
