"""The DNSSEC probe: whether a name's records are proven, from a trust anchor down."""

from probes.dnssec.plan import DnssecPlan
from probes.dnssec.result import DnssecResult, DsView, KeyView, Link, Verdict

__all__ = ["DnssecPlan", "DnssecResult", "DsView", "KeyView", "Link", "Verdict"]
