"""How the browser is to behave while it loads pages: one record for pages and transactions."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from probes.errors import PlanInvalid

Pairs = tuple[tuple[str, str], ...]

MOST_REQUESTS = 5_000
MOST_BYTES = 1_000_000_000

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 9112, section 6, and section 3.2: these decide where one message ends and who it is for.
_FRAMING = frozenset({"connection", "content-length", "host", "transfer-encoding", "upgrade"})


@dataclass(frozen=True, slots=True)
class BrowserSettings:
    """What one measurement's browser is told; PlanInvalid where it cannot be told that."""

    program: str | None = None
    """Path of Chromium or Chrome; without one, the first that PATH holds."""
    user_agent: str | None = None
    viewport: tuple[int, int] = (1280, 720)
    """Width and height of the page in CSS pixels."""
    headers: Pairs = ()
    """Sent with every request, whichever host it goes to."""
    page_headers: Pairs = ()
    """Sent with requests to the host of the page only."""
    host_headers: tuple[tuple[str, str, str], ...] = ()
    """(host, name, value): sent with requests to that host only."""
    username: str | None = None
    """For Basic and Digest, given to the page's own origin when that asks."""
    password: str = field(default="", repr=False)
    http_version: int = 2
    """2 prefers HTTP/2, 1 is HTTP/1.1 only; HTTP/3 does not pass the guard."""
    verify_tls: bool = True
    ca_file: str | None = None
    """PEM file of one more authority, trusted for the page's own host."""
    block: tuple[str, ...] = ()
    """Patterns of URLs that are not asked for; `*` stands for anything."""
    most_requests: int = 500
    most_bytes: int = 50_000_000
    """What all connections together may bring, counted below TLS."""

    def __post_init__(self) -> None:
        """Refuse what a browser cannot do, or what would have no bounds."""
        _check_bounds(self)
        named = [(name, value) for _, name, value in self.host_headers]
        for name, value in (*self.headers, *self.page_headers, *named):
            _check_header(name, value)
        for file, what in ((self.ca_file, "ca_file"), (self.program, "program")):
            if file is not None and not Path(file).is_file():
                raise PlanInvalid(f"{what} {file!r}: expected a file that exists.")


def _check_bounds(settings: BrowserSettings) -> None:
    _expect("http_version", settings.http_version, 1, 2)
    _expect("most_requests", settings.most_requests, 1, MOST_REQUESTS)
    _expect("most_bytes", settings.most_bytes, 1, MOST_BYTES)
    for side in settings.viewport:
        _expect("viewport", side, 1, 10_000)
    if any(not pattern or not pattern.isprintable() for pattern in settings.block):
        raise PlanInvalid(f"block {settings.block!r}: expected patterns such as */ads/*.")


def _expect(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise PlanInvalid(f"{name} {value}: expected {low} to {high}.")


def _check_header(name: str, value: str) -> None:
    if not _TOKEN.fullmatch(name) or name.lower() in _FRAMING:
        raise PlanInvalid(f"header {name!r}: expected a field name that a page may set.")
    if not (value.isprintable() and value.isascii()):
        raise PlanInvalid(f"header {name}: expected printable ASCII, but got {value[:80]!r}.")
