"""What an FTP measurement is told, checked before anything is sent."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from probes.errors import PlanInvalid
from probes.ftp.location import Location, locate

if TYPE_CHECKING:
    from probes.ftp.result import FtpResult
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork

MOST_UPLOAD_BYTES = 1 << 30


class FtpRequest(StrEnum):
    """What is done once logged in."""

    DOWNLOAD = "download"
    UPLOAD = "upload"
    LIST = "list"


class FtpSecurity(StrEnum):
    """Whether the connections are encrypted by AUTH TLS (RFC 4217)."""

    PLAIN = "plain"
    EXPLICIT = "explicit"
    AUTO = "auto"
    """With TLS where the server accepts AUTH TLS, in the clear where it does not."""


class PassiveMode(StrEnum):
    """How the server is asked for a data port; there is no active mode (PORT, EPRT)."""

    AUTO = "auto"
    """EPSV, and PASV where the server does not know that."""
    EPSV = "epsv"
    PASV = "pasv"


@dataclass(frozen=True, slots=True)
class FtpPlan:
    """One download, upload or listing of `ftp://host[:port]/path` (the scheme may be left out).

    The path is relative to where the login leads, and absolute when it begins with `//`
    (RFC 1738, section 3.2.2). An upload without a file name is called `probe.bin`.
    `timeout_s` runs from the resolved name to the last reply. A download ends after
    `download_limit_bytes`. `desired_reply_code` is the last reply that counts as success,
    any 2xx when None.
    """

    most_at_once: ClassVar[int] = 100

    target: str
    request: FtpRequest = FtpRequest.DOWNLOAD
    user: str = "anonymous"
    password: str = field(default="anonymous@", repr=False)
    passive: PassiveMode = PassiveMode.AUTO
    security: FtpSecurity = FtpSecurity.PLAIN
    verify_certificate: bool = True
    ca_file: Path | None = None
    upload_bytes: int = 100_000
    download_limit_bytes: int | None = None
    desired_reply_code: int | None = None
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what no server could be asked."""
        for name, kind in _CHOICES.items():
            object.__setattr__(self, name, _one_of(name, kind, getattr(self, name)))
        for name in ("user", "password"):
            _speakable(name, getattr(self, name))
        _within("upload size in bytes", self.upload_bytes, 1, MOST_UPLOAD_BYTES)
        _within("download limit in bytes", self.download_limit_bytes, 1, math.inf)
        _within("desired reply code", self.desired_reply_code, 200, 599)
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise PlanInvalid(f"The timeout must be more than zero seconds, not {self.timeout_s}.")
        location = self.location
        if self.request is FtpRequest.DOWNLOAD and not location.file:
            raise PlanInvalid(f"A download needs a file name at the end of {self.target!r}.")

    @property
    def location(self) -> Location:
        """The target taken apart."""
        return locate(self.target)

    async def live(self, network: LiveNetwork) -> FtpResult:
        """Speak FTP with the server."""
        from probes.ftp.probe import ftp  # noqa: PLC0415 - aioftp is for those who measure

        return await ftp(self, network)

    async def simulated(self, network: SimulatedNetwork) -> FtpResult:
        """Work out what the path would have made of it."""
        from probes.ftp.simulated import simulate  # noqa: PLC0415 - as above

        return await simulate(self, network)


_CHOICES: dict[str, type[StrEnum]] = {
    "request": FtpRequest,
    "passive": PassiveMode,
    "security": FtpSecurity,
}


def _one_of(name: str, kind: type[StrEnum], given: str) -> StrEnum:
    try:
        return kind(given)
    except ValueError:
        choices, shown = ", ".join(kind), str(given)[:40]
        raise PlanInvalid(f"The {name} must be one of {choices}, not {shown!r}.") from None


def _speakable(name: str, text: str) -> None:
    # A line end would begin a command of its own.
    if not text.isprintable() or len(text) > 255:
        raise PlanInvalid(f"The {name} must be printable and at most 255 characters long.")


def _within(name: str, value: int | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise PlanInvalid(f"The {name} must be {low:g} to {high:g}, not {value}.")
