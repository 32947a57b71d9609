"""The page probe: what a browser needs to load a page, request by request."""

from probes.page.plan import PagePlan
from probes.page.result import PageResult

__all__ = ["PagePlan", "PageResult"]
