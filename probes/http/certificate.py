"""One certificate of the chain that a server showed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is in an X.509 certificate (RFC 5280); names are written as in RFC 4514, times UTC.

    A field is None (or empty) where the certificate holds nothing legible in that place.
    """

    sha256: str
    """Hexadecimal digest of the whole certificate."""
    subject: str | None = None
    subject_common_name: str | None = None
    issuer: str | None = None
    issuer_common_name: str | None = None
    serial: str | None = None
    """Hexadecimal, as it is usually shown."""
    not_before: datetime | None = None
    not_after: datetime | None = None
    sans: tuple[str, ...] = ()
    """Subject alternative names: DNS names and IP addresses."""
    signature_algorithm: str | None = None
    """Name by RFC or, for one without a name, the object identifier."""
    key_type: str | None = None
    """RSA, EC (with its curve), Ed25519 …"""
    key_bits: int | None = None

    def days_until_expiry(self, now: datetime) -> int | None:
        """Whole days left at this time, rounded down; negative once it has expired."""
        return None if self.not_after is None else (self.not_after - now).days

    def is_valid_at(self, now: datetime) -> bool | None:
        """Whether this time lies in the certificate's period; None where it has none."""
        if self.not_before is None or self.not_after is None:
            return None
        return self.not_before <= now <= self.not_after
