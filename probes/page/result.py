"""What loading a page showed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from probes.browser.component import Component, PageView, Refusal
from probes.browser.har import as_har
from probes.browser.screenshot import Screenshot
from probes.failure import Failure


@dataclass(frozen=True, slots=True)
class Document:
    """The document as it was in the end, cut after so many characters."""

    title: str = ""
    html: str = ""
    length: int = 0
    """Characters of the whole."""


@dataclass(frozen=True, slots=True)
class PageResult:
    """One loading of a page.

    `dns_ms` to `receive_ms` are those of the document that was shown, after all redirects; all
    other times count from the start: when the browser was sent to the page, the resolving of
    its name included. What was not reached is None.
    """

    SUMMARY: ClassVar = ("ok", "time_ms", "objects", "errors", "wire_bytes", "body_bytes")

    target: str
    address: str | None
    started_at: datetime
    failure: Failure | None = None
    url: str = ""
    """Where redirects, of HTTP or of scripts, led to."""
    status: int | None = None
    protocol: str | None = None
    redirect_ms: float | None = None
    """From the start until the request that got the document."""
    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    wait_ms: float | None = None
    receive_ms: float | None = None
    response_ms: float | None = None
    """When the first byte of the document came."""
    first_paint_ms: float | None = None
    first_contentful_paint_ms: float | None = None
    largest_contentful_paint_ms: float | None = None
    dom_interactive_ms: float | None = None
    dom_content_loaded_ms: float | None = None
    load_ms: float | None = None
    """When the load event was over."""
    settled: bool = False
    """Whether requests ceased after the load event, before time was up."""
    views: tuple[PageView, ...] = ()
    components: tuple[Component, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """Connections that the gate did not let through, whoever asked for them."""
    console: tuple[str, ...] = ()
    document: Document = Document()
    screenshot: Screenshot | None = None

    @property
    def ok(self) -> bool:
        """Whether the page loaded; components that failed are counted in `errors`."""
        return self.failure is None and self.load_ms is not None

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the page load time."""
        return self.load_ms

    @property
    def objects(self) -> int:
        """Number of requests, each hop of a redirect and the refused ones included."""
        return len(self.components)

    @property
    def errors(self) -> int:
        """Number of requests that failed, were refused or got a status of 400 or more."""
        return sum(component.failure is not None for component in self.components)

    @property
    def wire_bytes(self) -> int:
        """Transferred bytes of all components: heads and bodies, without what TLS adds."""
        return sum(component.wire_bytes for component in self.components)

    @property
    def body_bytes(self) -> int:
        """Bytes of all bodies when unpacked."""
        return sum(component.body_bytes for component in self.components)

    def as_har(self) -> dict[str, Any]:
        """Write the requests as a HAR 1.2 document."""
        return as_har(self.started_at, self.views, self.components)
