"""What a page is made of: one record for each request, its phases, and each page shown."""

from dataclasses import dataclass, fields

from probes.browser.settings import Pairs
from probes.failure import Failure


@dataclass(frozen=True, slots=True)
class Phases:
    """Where the time of one request went; None for a phase that did not take place.

    The names and the order are those of HAR 1.2 (section "timings"), but `tls_ms` is not a part
    of `connect_ms`. The phases that are known add up to the component's duration.
    """

    blocked_ms: float | None = None
    """Waiting for a connection, for the browser, and for the guard to pass things on."""
    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    send_ms: float | None = None
    wait_ms: float | None = None
    """From the last byte of the request to the first of the response."""
    receive_ms: float | None = None
    """From the first byte of the response to the last."""

    @property
    def total_ms(self) -> float:
        """The sum of what is known."""
        known = (getattr(self, field.name) for field in fields(self))
        return float(sum(value for value in known if value is not None))


@dataclass(frozen=True, slots=True)
class Component:
    """One request of a page and what became of it; times count from the start of the measurement.

    A redirect is a component of its own. `failure` is set for statuses of 400 and more, too.
    """

    url: str
    method: str
    type: str
    """What the browser wanted it for: document, script, stylesheet, image, font, fetch …"""
    page: int
    """Index of the page that it belongs to, in the order in which pages were shown."""
    started_ms: float
    duration_ms: float | None
    phases: Phases
    status: int | None = None
    status_text: str = ""
    protocol: str | None = None
    """`http/1.1`, `h2` …"""
    mime: str = ""
    address: str | None = None
    """The pinned address that was connected to, where that is known."""
    wire_bytes: int = 0
    """Header and body as transferred, without what TLS adds."""
    body_bytes: int = 0
    """The body when unpacked."""
    from_cache: bool = False
    redirect_url: str | None = None
    request_headers: Pairs = ()
    response_headers: Pairs = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class PageView:
    """One document that the browser's main frame showed; times count as for components."""

    url: str
    title: str
    started_ms: float
    response_ms: float | None = None
    """When the first byte of its document came."""
    first_contentful_paint_ms: float | None = None
    dom_content_loaded_ms: float | None = None
    load_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A connection that the guard did not let through."""

    host: str
    port: int
    failure: Failure
    named_by_page: bool
    """False for what the browser asked for by itself."""
