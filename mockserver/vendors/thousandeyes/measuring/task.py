"""What one agent is to measure in one round of a test, and the form of what it finds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.core.store import Document
from probes.network import Network

Findings = Mapping[str, list[Document]]
"""Entries of the result pages by the page's path, as `net/metrics`.

An entry of `net/path-vis` holds both `endpoints` and `routes`: one page shows the first, the other
the second; each item of theirs gets its `pathId` when it is shown. One of `web/http-server` holds
headers and certificates, shown only where asked for. An entry lacks what all share: agent, date,
round and permalink, which are added when it is shown.

Keys that begin with `_` are never shown: `_direction` (TO_TARGET, the default, FROM_TARGET, or
BIDIRECTIONAL for the round trip) is the way that an entry of a network page was measured in,
`_serverId` the DNS server it belongs to where it has no `serverId`.
"""


@dataclass(frozen=True, slots=True)
class Task:
    """A test as one agent sees it; it has no agent and no round in it, so it measures anywhere.

    `settings` and `secrets` are those of the test's document (`model.py`). `target_host` is where
    the target agent answers, for agent-to-agent and voice; `responder_port` is where it takes
    probes of `probes respond`, None where nothing is known of it. `source_prefix` is the network
    of the agent in CIDR notation, where it is known; `target_is_away` says that nobody runs the
    target agent now. `now_ms` is when the agent began, by the
    server's clock. `dns_roots` (`NAME=ADDRESS#PORT`) and `trust_anchors` (zone file lines) are
    those of a private name system, None for the public one.
    """

    type: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, Any]
    source_ip: str
    target_host: str | None = None
    responder_port: int | None = None
    source_prefix: str | None = None
    target_is_away: bool = False
    now_ms: int = 0
    dns_roots: Sequence[str] | None = None
    trust_anchors: Sequence[str] | None = None


Measure = Callable[[Network, Task], Awaitable[Findings]]
