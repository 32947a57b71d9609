"""What a page measurement is told."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from probes.browser.address import PageAddress, parse_address
from probes.browser.settings import BrowserSettings
from probes.errors import PlanInvalid

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.page.result import PageResult
    from probes.simulated import SimulatedNetwork

LONGEST_S = 300.0
MOST_DOM = 5_000_000


@dataclass(frozen=True, slots=True)
class PagePlan:
    """Load one page and all that belongs to it, in a browser of its own."""

    most_at_once: ClassVar[int] = 2

    target: str
    """An http:// or https:// URL."""
    timeout_s: float = 10.0
    """From the first request on; starting the browser does not count."""
    quiet_s: float = 0.5
    """How long no request may have been under way after the load event, to call it finished."""
    screenshot: bool = False
    most_dom: int = 100_000
    """Characters of the document that are kept, as it is when loading has finished; 0 for none."""
    browser: BrowserSettings = field(default_factory=BrowserSettings)

    def __post_init__(self) -> None:
        """Refuse what is no page, or would not end."""
        self.address  # noqa: B018 - made to be checked
        for name, value in (("timeout_s", self.timeout_s), ("quiet_s", self.quiet_s)):
            if not (math.isfinite(value) and 0 < value <= LONGEST_S):
                raise PlanInvalid(f"{name} {value}: expected more than 0, at most {LONGEST_S:g}.")
        if not 0 <= self.most_dom <= MOST_DOM:
            raise PlanInvalid(f"most_dom {self.most_dom}: expected 0 to {MOST_DOM}.")

    @property
    def address(self) -> PageAddress:
        """The target taken apart."""
        return parse_address(self.target)

    async def live(self, network: LiveNetwork) -> PageResult:
        """Load the page in Chromium."""
        from probes.page.probe import page  # noqa: PLC0415 - playwright takes half a second

        return await page(self, network)

    async def simulated(self, network: SimulatedNetwork) -> PageResult:
        """Make a page up and load it over the imagined path."""
        from probes.page.simulated import page  # noqa: PLC0415 - as above

        return await page(self, network)
