"""One browser behind one guard: what the probes of pages and transactions share."""

from probes.browser.component import Component, PageView, Phases, Refusal
from probes.browser.errors import BrowserFailed, BrowserMissing
from probes.browser.har import as_har
from probes.browser.settings import BrowserSettings

__all__ = [
    "BrowserFailed",
    "BrowserMissing",
    "BrowserSettings",
    "Component",
    "PageView",
    "Phases",
    "Refusal",
    "as_har",
]
