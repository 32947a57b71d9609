"""Only these modules open sockets; whoever adds one has to say here how it passes the gate."""

from __future__ import annotations

import ast
from pathlib import Path

import probes

ROOT = Path(probes.__file__).parent
OPENERS = {
    "socket",
    "open_connection",
    "create_connection",
    "create_datagram_endpoint",
    "start_server",
    "create_server",
    "Curl",
    "launch_persistent_context",
    "launch",
    "urlopen",
    "AsyncClient",
    "ClientSession",
}
KNOWN = {
    "browser/guard.py": "a socket pair to its own relay",
    "browser/relay.py": "connects to addresses that the guard admitted; listens on loopback",
    "browser/session.py": "Chromium, all of whose traffic goes through the guard",
    "browser/trust.py": "an admitted address",
    "connection.py": "an admitted address: FTP, SIP, DNS",
    "dns/https.py": "libcurl, asked for every socket and held to the admitted address",
    "dns/stream.py": "what connection.py opened",
    "dns/udp.py": "an admitted address",
    "ftp/streams.py": "what connection.py opened",
    "http/handle.py": "libcurl, asked for every socket and held to the admitted address",
    "mtu/carriers.py": "an admitted address",
    "responder/caller.py": "an admitted address",
    "responder/datagrams.py": "an admitted address, or a client that showed a token",
    "responder/server.py": "listens; the policy decides about clients",
    "sip/lines.py": "an admitted address",
    "sockets.py": "the echo engine, which checks again before it sends",
    "tcp/attempt.py": "an admitted address",
    "timestamps.py": "speaks to itself on loopback",
    "trace/channels.py": "the trace engine, which checks again before it sends",
    "trace/tcp_channel.py": "the trace engine, which checks again before it sends",
    "engine.py": "a method of that name hands out what an engine opened",
    "trace/engine.py": "a method of that name hands out what an engine opened",
}


def openers(path: Path) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    names = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
    names |= {node.func.id for node in calls if isinstance(node.func, ast.Name)}
    return names & OPENERS


def test_only_known_modules_open_sockets() -> None:
    found = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if openers(path)}
    assert found - set(KNOWN) == set()


def test_every_known_module_still_does() -> None:
    found = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if openers(path)}
    assert set(KNOWN) - found == set()


def test_names_are_resolved_in_one_place() -> None:
    """Two modules call getaddrinfo; the second only puts a numeric address into bytes."""
    callers = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "getaddrinfo(" in path.read_text() or "gethostby" in path.read_text()
    }
    assert callers == {"lookup.py", "socket_address.py"}
