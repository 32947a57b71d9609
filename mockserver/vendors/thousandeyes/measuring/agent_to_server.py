"""An agent-to-server test: nothing but the network towards a server."""

from __future__ import annotations

from mockserver.vendors.thousandeyes.measuring.network_layer import network_layer
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.network import Network


async def measure(network: Network, task: Task) -> Findings:
    """Measure towards the server; its port is left out where ICMP was chosen."""
    return await network_layer(network, task, task.settings["server"], task.settings.get("port"))
