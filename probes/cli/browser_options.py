"""The options that the verbs of the browser share, and the words for its results."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from probes.browser.component import Component, Refusal
from probes.browser.settings import BrowserSettings
from probes.cli.tables import Rows

Command = TypeVar("Command", bound=Callable[..., Any])


class _Output(click.Path):
    """A file to be written after the measurement, which is known before to be possible."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse what lies in no folder, or in one that is closed."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        folder = path.parent
        if not folder.is_dir():
            self.fail(f"{value} cannot be written: there is no folder {folder}.", param, ctx)
        if not path.exists() and not os.access(folder, os.W_OK | os.X_OK):
            self.fail(f"{value} cannot be written: the folder {folder} is closed.", param, ctx)
        return path


FILE = _Output(dir_okay=False, writable=True)


def browser_options(command: Command) -> Command:
    """Give a verb what a browser can be told."""
    for option in reversed(_options()):
        command = option(command)
    return command


def _options() -> list[Any]:
    file = click.Path(exists=True, dir_okay=False)
    return [
        click.option("--browser", type=file, help="Chromium or Chrome; else the system's."),
        click.option("--user-agent", help="What the browser calls itself."),
        click.option("--viewport", default="1280x720", show_default=True, metavar="WxH"),
        click.option("--header", multiple=True, metavar="NAME:VALUE", help="For all requests."),
        click.option("--user", help="Name to give when the page's own origin asks for one."),
        click.option("--password", default="", envvar="PROBES_PASSWORD", show_envvar=True),
        click.option("--http-version", type=click.IntRange(1, 2), default=2, show_default=True),
        click.option("--insecure", is_flag=True, help="Accept any certificate."),
        click.option(
            "--ca", type=file, help="PEM file of one more authority for the page's host."
        ),
        click.option("--block", multiple=True, metavar="PATTERN", help="URLs not to ask for."),
    ]


def settings_of(given: Any) -> BrowserSettings:
    """Read them; PlanInvalid where the browser cannot be told that."""
    return BrowserSettings(
        program=given["browser"],
        user_agent=given["user_agent"],
        viewport=_viewport(given["viewport"]),
        headers=tuple(map(_header, given["header"])),
        username=given["user"],
        password=given["password"],
        http_version=given["http_version"],
        verify_tls=not given["insecure"],
        ca_file=given["ca"],
        block=given["block"],
    )


def _viewport(text: str) -> tuple[int, int]:
    width, by, height = text.partition("x")
    if not (by and width.isdecimal() and height.isdecimal()):
        raise click.BadParameter(
            f"{text!r}: expected a size such as 1280x720", param_hint="--viewport"
        )
    return int(width), int(height)


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip(), value.strip()


def troubles(components: Sequence[Component], refusals: Sequence[Refusal]) -> Rows:
    """Say what failed or was refused, the same thing once."""
    seen = Counter(f"{c.url}: {c.failure.message}" for c in components if c.failure)
    named = {refusal.host for refusal in refusals if refusal.named_by_page}
    rows = [("failed", f"{words}{f' ({n} times)' if n > 1 else ''}") for words, n in seen.items()]
    return [*rows, *(("refused", host) for host in sorted(named))]
