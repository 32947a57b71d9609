"""A name system of one's own: where a walk down its tree begins, and whose keys are believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from probes.dns_trace.root_hints import is_complete, read_root
from probes.errors import PlanInvalid


@dataclass(frozen=True, slots=True)
class PrivateDns:
    """Root servers, each `[NAME=]ADDRESS[#PORT]`, and DS or DNSKEY records as in zone files.

    Where there are none, those of the public name system count.
    """

    roots: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()


def read_private_dns(roots: Sequence[str], anchor_file: Path | None) -> PrivateDns:
    """Read what a server is told; PlanInvalid or OSError for what cannot be used."""
    for text in roots:
        if not is_complete(read_root(text)):
            raise PlanInvalid(f"A DNS root must be ADDRESS or NAME=ADDRESS#PORT, not {text!r}.")
    return PrivateDns(tuple(roots), _anchors(anchor_file) if anchor_file else ())


def _anchors(path: Path) -> tuple[str, ...]:
    # The codec takes its time to import, and few servers are told an anchor.
    from probes.dnssec.anchors import check_anchors  # noqa: PLC0415

    lines = (line.partition(";")[0].strip() for line in path.read_text("utf-8").splitlines())
    anchors = tuple(line for line in lines if line)
    check_anchors(anchors)
    return anchors
