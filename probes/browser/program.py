"""Finding the Chromium of this system."""

import shutil

from probes.browser.errors import BrowserMissing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser(program: str | None = None) -> str:
    """Return the path of the browser that was named, or of the first that PATH holds."""
    sought = (program,) if program else NAMES
    found = next(filter(None, map(shutil.which, sought)), None)
    if found is None:
        raise BrowserMissing(f"looked for {', '.join(sought)}")
    return found
