"""Reading a page and comparing what it says with what a step claims."""

from __future__ import annotations

from playwright.async_api import Page

from probes.transaction.actions import Claim


async def read(page: Page, claim: Claim) -> str | None:
    """Return what a claim is about as it is now; None where there is no such element."""
    if claim.reading == "url":
        return page.url
    if claim.reading == "title":
        return (await page.title()).strip()
    one = page.locator(claim.selector).first
    if claim.reading == "visible" and await one.count():
        return "yes" if await one.is_visible() else "no"
    return (await one.inner_text(timeout=0)).strip() if await one.count() else None


def holds(claim: Claim, found: str | None) -> bool:
    """Say whether the claim fits what was found; nothing fits where there is no element."""
    if found is None:
        return False
    if claim.comparison.startswith("is"):
        fits = claim.expected.strip() in (found, " ".join(found.split()))
    else:
        fits = claim.expected in found or claim.expected in " ".join(found.split())
    return fits is not claim.comparison.endswith("_not")


def worded(claim: Claim) -> str:
    """Say what is claimed."""
    what = {
        "text": f"the text of {claim.selector!r}",
        "visible": f"whether {claim.selector!r} is visible",
    }.get(claim.reading, f"the {claim.reading}")
    return f"{what} {_COMPARED[claim.comparison]} {claim.expected!r}"


_COMPARED = {
    "is": "to be",
    "is_not": "not to be",
    "holds": "to hold",
    "holds_not": "not to hold",
}
