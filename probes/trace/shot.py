"""One probe of a trace, from its departure to its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from probes.icmp_errors import ErrorKind, MplsLabel

if TYPE_CHECKING:
    from probes.trace.channels import Channel
    from probes.trace.lane import Lane


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answered a probe with what; `kind` is None where the target itself took it in.

    `labels` is None where nobody can tell whether the packet bore any.
    """

    host: str
    kind: ErrorKind | None = None
    code: int = 0
    labels: tuple[MplsLabel, ...] | None = None

    @property
    def is_final(self) -> bool:
        """Whether a probe with a larger TTL would come no farther."""
        return self.kind is not ErrorKind.TIME_EXCEEDED


@dataclass(slots=True, eq=False)
class Shot:
    """A probe with its TTL on its lane; `at_s` and `deadline_s` are of the course's clock.

    An answer is recognised by `key` and, where enough is quoted, by the unpredictable `token`;
    `left_ns` is the kernel's stamp once it is known.
    """

    lane: Lane
    ttl: int
    at_s: float
    deadline_s: float
    key: int = 0
    token: int = 0
    channel: Channel | None = None
    wall_ns: int = 0
    steady_ns: int = 0
    left_ns: int | None = None
    answer: Answer | None = None
    rtt_ms: float | None = None

    @property
    def timeout_ms(self) -> float:
        """How long after its departure an answer still counts."""
        return self.lane.order.timeout_s * 1000
