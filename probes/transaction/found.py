"""Saying what the page showed instead of what a step expected."""

from __future__ import annotations

import asyncio

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator, Page

PATIENCE_S = 2.0
LONGEST = 120


async def found_element(first: Locator, every: Locator) -> str:
    """Say how many elements there are, and what hinders the first."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            count = await every.count()
            if not count:
                return f"there is none at {first.page.url}"
            state = [] if await first.is_visible() else ["not visible"]
            state += [] if await first.is_enabled(timeout=PATIENCE_S * 1000) else ["disabled"]
    except (PlaywrightError, TimeoutError):
        return "the page does not answer"
    which = "there is one" if count == 1 else f"the first of {count}"
    return f"{which}, {' and '.join(state) or 'covered, moving or of another kind'}"


async def found_text(page: Page) -> str:
    """Quote the beginning of what the page shows, with its title and URL."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            title = await page.title()
            text = await page.inner_text("body", timeout=PATIENCE_S * 1000)
    except (PlaywrightError, TimeoutError):
        return f"{page.url} does not answer"
    words = " ".join(text.split())[:LONGEST]
    return f"{page.url} with the title {title[:LONGEST]!r} shows {words!r}"
