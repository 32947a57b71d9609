"""dns-server: one question to each of several name servers, and the network below them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring import questions
from mockserver.vendors.thousandeyes.measuring.entries import known, whole_ms
from mockserver.vendors.thousandeyes.measuring.network_layer import network_layer
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.dns.plan import DnsPlan
from probes.dns.result import DnsResult
from probes.errors import ProbeError
from probes.network import Network

_PORT = 53


async def measure(network: Network, task: Task) -> Findings:
    """Return an entry of `dns/server` for each server, and the entries of its network layer."""
    servers = task.settings["dnsServers"]
    asked = await asyncio.gather(*(_asked(network, task, server) for server in servers))
    below = await asyncio.gather(*(_below(network, task, server) for server in servers))
    pages = {page for findings in below for page in findings}
    layers = {
        page: [entry for findings in below for entry in findings[page]] for page in sorted(pages)
    }
    return {"dns/server": list(asked), **layers}


async def _asked(network: Network, task: Task, server: Mapping[str, Any]) -> Document:
    entry = {"serverId": server["serverId"], "server": server["serverName"]}
    try:
        return entry | _answer(await network.measure(_plan(task, server["serverName"])))
    except ProbeError as error:
        return entry | {"errorDetails": str(error)}


def _plan(task: Task, server: str) -> DnsPlan:
    host, port = host_and_port(server)
    name, rdtype = questions.question(task.settings, "ANY")
    return DnsPlan(
        host,
        name,
        rdtype,
        transport=questions.transport(task.settings),
        port=port,
        recursion_desired=bool(task.settings.get("recursiveQueries", 0)),
        timeout_s=questions.PATIENCE_S,
        tries=questions.TRIES,
    )


def _answer(result: DnsResult) -> Document:
    why = questions.complaint(result.rcode, result.rdtype, result.mappings)
    return known(
        {
            "resolutionTime": whole_ms(result.resolution_ms),
            "queries": result.tries,
            "mappings": "\n".join(result.mappings) or None,
            "errorDetails": str(result.failure) if result.failure else why,
        }
    )


async def _below(network: Network, task: Task, server: Mapping[str, Any]) -> Findings:
    host, port = host_and_port(server["serverName"])
    findings = await network_layer(network, task, host, port)
    mark = {"_serverId": server["serverId"]}
    return {page: [entry | mark for entry in entries] for page, entries in findings.items()}


def host_and_port(server: str) -> tuple[str, int]:
    """Split a server's name; the documents know no port there, so a written one is an extra."""
    host, _, port = server.strip().rpartition(":")
    is_pair = port.isdecimal() and len(port) <= 5 and host and ":" not in host.strip("[]")
    if is_pair or (host.startswith("[") and host.endswith("]") and port.isdecimal()):
        return host.strip("[]").rstrip("."), int(port)
    return server.strip().strip("[]").rstrip("."), _PORT
