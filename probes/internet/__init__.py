"""A seeded internet that answers IP packets: in this process, or behind a TUN device."""

from probes.internet.condition import Condition
from probes.internet.fate import Counts
from probes.internet.internet import Internet
from probes.internet.path import Reply
from probes.internet.topology import (
    Delay,
    Host,
    Link,
    Outage,
    Route,
    Router,
    Shape,
    Target,
    Topology,
    TopologyInvalid,
    Unreachable,
)

__all__ = [
    "Condition",
    "Counts",
    "Delay",
    "Host",
    "Internet",
    "Link",
    "Outage",
    "Reply",
    "Route",
    "Router",
    "Shape",
    "Target",
    "Topology",
    "TopologyInvalid",
    "Unreachable",
]
