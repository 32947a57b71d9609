"""The throughput probe: what a path carries, by UDP at a set rate or by TCP at its own."""

from probes.throughput.plan import Protocol, ThroughputPlan
from probes.throughput.result import Flow, Interval, ThroughputResult

__all__ = ["Flow", "Interval", "Protocol", "ThroughputPlan", "ThroughputResult"]
