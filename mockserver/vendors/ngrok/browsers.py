"""Browsers whose User-Agent header and parsed fields say the same."""

from __future__ import annotations

import random
from dataclasses import dataclass

from mockserver.core.store import Document

_MOZILLA = "Mozilla/5.0"
_KHTML = "(KHTML, like Gecko)"
_WEBKIT = "AppleWebKit/537.36"
_IPHONE = "AppleWebKit/605.1.15"


@dataclass(frozen=True, slots=True)
class Browser:
    """One sort of browser; `{v}` in `raw` stands for its version, `{os}` for its system's."""

    name: str
    os_name: str
    device_type: str
    versions: tuple[str, ...]
    os_versions: tuple[str, ...]
    raw: str


BROWSERS = (
    Browser(
        "Chrome",
        "Windows",
        "Desktop",
        ("138.0.0.0", "139.0.0.0", "140.0.0.0"),
        ("10",),
        f"{_MOZILLA} (Windows NT {{os}}.0; Win64; x64) {_WEBKIT} {_KHTML} "
        "Chrome/{v} Safari/537.36",
    ),
    Browser(
        "Chrome",
        "MacOS",
        "Desktop",
        ("138.0.0.0", "140.0.0.0"),
        ("10.15.7",),
        f"{_MOZILLA} (Macintosh; Intel Mac OS X {{os}}) {_WEBKIT} {_KHTML} "
        "Chrome/{v} Safari/537.36",
    ),
    Browser(
        "Firefox",
        "Linux",
        "Desktop",
        ("140.0", "141.0", "142.0"),
        ("",),
        f"{_MOZILLA} (X11; Linux x86_64; rv:{{v}}) Gecko/20100101 Firefox/{{v}}",
    ),
    Browser(
        "Edge",
        "Windows",
        "Desktop",
        ("138.0.0.0", "139.0.0.0"),
        ("10",),
        f"{_MOZILLA} (Windows NT {{os}}.0; Win64; x64) {_WEBKIT} {_KHTML} "
        "Chrome/{v} Safari/537.36 Edg/{v}",
    ),
    Browser(
        "Safari",
        "iOS",
        "Mobile",
        ("18.5",),  # Safari comes with the system, so both are of one time
        ("18.5",),
        f"{_MOZILLA} (iPhone; CPU iPhone OS {{os}} like Mac OS X) {_IPHONE} {_KHTML} "
        "Version/{v} Mobile/15E148 Safari/604.1",
    ),
    Browser(
        "Chrome",
        "Android",
        "Mobile",
        ("138.0.0.0", "139.0.0.0"),
        ("14", "15"),
        f"{_MOZILLA} (Linux; Android {{os}}; Pixel 8) {_WEBKIT} {_KHTML} "
        "Chrome/{v} Mobile Safari/537.36",
    ),
)


def user_agent(chance: random.Random) -> Document:
    """Return a User-Agent header with its fields."""
    browser = chance.choice(BROWSERS)
    return described(browser, chance.choice(browser.versions), chance.choice(browser.os_versions))


def described(browser: Browser, version: str, os_version: str) -> Document:
    """Return the header of a browser of that version on that version of its system."""
    # Apple writes the system's version with underscores.
    apple = browser.os_name in {"MacOS", "iOS"}
    in_header = os_version.replace(".", "_") if apple else os_version
    return {
        "raw": browser.raw.format(v=version, os=in_header),
        "browser_name": browser.name,
        "browser_version": version,
        "device_type": browser.device_type,
        "os_name": browser.os_name,
        "os_version": os_version,
    }
