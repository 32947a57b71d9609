"""Whether records are proven, by which chain of keys, or which rule they break."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from probes.dns.result import DnsRecord
from probes.failure import Failure


class Verdict(StrEnum):
    """The four states of RFC 4035, 4.3."""

    SECURE = "secure"
    """A chain of signatures leads from an anchor to the records, or to the proof of none."""
    INSECURE = "insecure"
    """It is proven that somewhere on the way nothing is signed, or not in a known way."""
    BOGUS = "bogus"
    """There should be such a chain, and it breaks."""
    INDETERMINATE = "indeterminate"
    """No anchor is above the name, or what would decide could not be fetched."""


@dataclass(frozen=True, slots=True)
class DsView:
    """A delegation signer record (RFC 4034, 5)."""

    key_tag: int
    algorithm: str
    digest_type: int
    digest: str


@dataclass(frozen=True, slots=True)
class KeyView:
    """A zone's key (RFC 4034, 2); `is_anchored` where a DS or anchor vouches for it."""

    key_tag: int
    algorithm: str
    flags: int
    is_anchored: bool


@dataclass(frozen=True, slots=True)
class Link:
    """One zone of the chain: what the zone above says of it, and its keys.

    `signed_from` and `signed_until` are those of the signature over the keys.
    """

    zone: str
    verdict: Verdict
    ds: tuple[DsView, ...] = ()
    keys: tuple[KeyView, ...] = ()
    signed_from: datetime | None = None
    signed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DnssecResult:
    """A verdict, why, and the chain it rests on.

    `total_ms` runs from the first question until the verdict. `failure` is set where something
    could not be fetched, and then the verdict is indeterminate; `reason` always says why.
    """

    SUMMARY: ClassVar = ("ok", "valid")

    target: str
    rdtype: str
    verdict: Verdict
    reason: str
    address: str | None = None
    """Address of the server that was asked last."""
    rcode: str | None = None
    answers: tuple[DnsRecord, ...] = ()
    """The answer of every name on the way: aliases first; not proven unless secure."""
    chain: tuple[Link, ...] = ()
    queries: int = 0
    total_ms: float | None = None
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether the verdict is secure."""
        return self.verdict is Verdict.SECURE

    @property
    def valid(self) -> bool:
        """The same, as vendors call it."""
        return self.ok

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the time until the verdict."""
        return self.total_ms
