"""Letting the page's own host in, before any browser is started."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from probes.browser.address import PageAddress
from probes.browser.settings import BrowserSettings
from probes.browser.trust import trusted_key
from probes.failure import Failure
from probes.gate import Gate
from probes.resolve import PinnedTarget


@dataclass(frozen=True, slots=True)
class Admission:
    """A page whose host was resolved once, checked and pinned."""

    page: PageAddress
    pinned: PinnedTarget
    lookup_s: float
    """How long resolving took; 0 for a literal address."""
    trusted_key: str | None = None
    """Hash of the key that an authority of the settings vouches for."""


async def admitted(
    page: PageAddress, gate: Gate, settings: BrowserSettings
) -> tuple[Admission, Failure | None]:
    """Resolve, check and pin; TargetUnresolvable or TargetRefused where that fails.

    The failure is that of the handshake which verifies the host against `ca_file`, if any.
    """
    began_s = time.monotonic()
    pinned = await gate.admit(page.host)
    lookup_s = 0.0 if str(pinned.address) == page.host else time.monotonic() - began_s
    admission = Admission(page, pinned, lookup_s)
    if not (page.secure and settings.ca_file and settings.verify_tls):
        return admission, None
    key, failure = await trusted_key(page, pinned, settings.ca_file)
    return replace(admission, trusted_key=key), failure
