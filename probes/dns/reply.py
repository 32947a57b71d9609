"""One exchange with one server, whatever carried it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from probes.failure import Failure, FailureKind
from probes.targets import Address

if TYPE_CHECKING:
    from dns.message import Message


@dataclass(frozen=True, slots=True)
class Server:
    """Where a question goes: an address that has passed the gate, and its name for people."""

    name: str
    address: Address
    port: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and its times, or why there is none."""

    message: Message | None = None
    failure: Failure | None = None
    transport: str = "udp"
    resolution_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    kernel_stamped: bool = False
    query_bytes: int | None = None
    answer_bytes: int | None = None
    truncated: bool = False
    http_status: int | None = None

    @property
    def is_lost(self) -> bool:
        """Whether nothing came back in time, so that it may help to ask again."""
        return self.failure is not None and self.failure.kind is FailureKind.TIMEOUT


def unanswered(timeout_s: float, phase: str = "resolution") -> Failure:
    """Say that patience ended."""
    return Failure(FailureKind.TIMEOUT, phase, f"No answer came within {timeout_s:g} s.")
