"""What a User-Agent header tells of browser, system and device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.store import Document

if TYPE_CHECKING:
    from ua_parser import OS, Device, UserAgent

MAX_LENGTH = 2000
_READ = 1000  # the header comes from strangers, and each rule reads all of it
# A browser has one name on every device, as in the documented sample; the library tells more.
_BROWSERS = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Mobile Safari": "Safari",
    "Opera Mobile": "Opera",
}
_SYSTEMS = {"Mac OS X": "MacOS"}
_DEVICES = {
    "Android": "Mobile",
    "Chrome OS": "Desktop",
    "Debian": "Desktop",
    "Fedora": "Desktop",
    "FreeBSD": "Desktop",
    "Linux": "Desktop",
    "Mac OS X": "Desktop",
    "OpenBSD": "Desktop",
    "Ubuntu": "Desktop",
    "Windows": "Desktop",
    "Windows Phone": "Mobile",
    "iOS": "Mobile",
}


def read_user_agent(header: str) -> Document:
    """Return the header, cut to MAX_LENGTH, with its parts; a part that it does not tell is ""."""
    from ua_parser import parse  # noqa: PLC0415  (a tenth of a second, not needed to start)

    found = parse(header[:_READ])
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    return {
        "raw": header[:MAX_LENGTH],
        "browser_name": _BROWSERS.get(browser, browser),
        "browser_version": _version(found.user_agent),
        "device_type": _device_type(system, found.device),
        "os_name": _SYSTEMS.get(system, system),
        "os_version": _version(found.os),
    }


def _version(of: UserAgent | OS | None) -> str:
    numbers = (of.major, of.minor, of.patch, of.patch_minor) if of else ()
    return ".".join(number for number in numbers if number)


def _device_type(system: str, device: Device | None) -> str:
    model = f"{device.family} {device.brand}" if device else ""
    if "Spider" in model:
        return ""
    if "iPad" in model or "Tablet" in model:
        return "Tablet"
    return _DEVICES.get(system, "")
