"""NSD and unbound in a namespace: they serve and judge the tree of dns_tree."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.query
from dns.rcode import Rcode
from dns_tree import ROOT_ADDRESS, Tree
from peers import needs, running

RESOLVER = "127.0.0.1"


def programs() -> tuple[str, ...]:
    """Find what the lab runs, before a namespace is entered."""
    return needs("nsd", "unbound", "ldns-keygen", "ldns-signzone")


def answers(address: str, port: int = 53) -> bool:
    """Tell whether something there answers over UDP."""
    query = dns.message.make_query(".", "SOA")
    try:
        dns.query.udp(query, address, timeout=0.5, port=port)
    except (OSError, dns.exception.Timeout):
        return False
    return True


def listens(address: str, port: int) -> bool:
    """Tell whether something there takes connections."""
    try:
        socket.create_connection((address, port), 0.5).close()
    except OSError:
        return False
    return True


@contextmanager
def name_servers(tree: Tree, nsd: str) -> Iterator[None]:
    """Serve the whole tree, a server for each address."""
    with ExitStack() as stack:
        for address, zones in tree.zones.items():
            folder = tree.folder / address
            folder.mkdir(exist_ok=True)
            config = folder / "nsd.conf"
            config.write_text(_nsd_config(address, folder, zones))
            command = [nsd, "-d", "-c", str(config)]
            ready = partial(answers, address)
            stack.enter_context(running(command, folder / "log", ready))
        yield


def _nsd_config(address: str, folder: Path, zones: dict[str, str]) -> str:
    head = f"""
server:
  ip-address: {address}
  port: 53
  username: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: "{folder}/pid"
  xfrdfile: "{folder}/xfrd"
  xfrdir: "{folder}"
  zonelistfile: "{folder}/list"
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
"""
    return head + "".join(
        f'zone:\n  name: "{zone}"\n  zonefile: "{path}"\n' for zone, path in zones.items()
    )


@contextmanager
def resolver(tree: Tree, unbound: str, extra: str = "") -> Iterator[None]:
    """Run unbound on port 53 with the tree's own root and anchor."""
    folder = tree.folder
    (folder / "hints").write_text(f". 300 IN NS ns.\nns. 300 IN A {ROOT_ADDRESS}\n")
    (folder / "anchor").write_text(tree.anchor + "\n")
    config = folder / "unbound.conf"
    config.write_text(f"""
server:
  interface: {RESOLVER}
  interface: {RESOLVER}@853
  interface: {RESOLVER}@443
  port: 53
  access-control: 127.0.0.0/8 allow
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/unbound.pid"
  use-syslog: no
  logfile: ""
  do-ip6: no
  do-daemonize: no
  num-threads: 1
  module-config: "validator iterator"
  root-hints: "{folder}/hints"
  trust-anchor-file: "{folder}/anchor"
  trust-anchor-signaling: no
  do-not-query-localhost: no
  local-zone: "test." nodefault
  val-sig-skew-min: 0
  val-sig-skew-max: 0
  ede: no
  harden-algo-downgrade: yes
{extra}
remote-control:
  control-enable: no
""")
    command = [unbound, "-d", "-p", "-c", str(config)]
    with running(command, folder / "unbound.log", lambda: answers(RESOLVER)):
        yield


def verdict_of_unbound(name: str, rdtype: str) -> str:
    """Ask unbound: AD is secure, SERVFAIL is bogus, and anything else insecure."""
    query = dns.message.make_query(name, rdtype, want_dnssec=True, flags=dns.flags.RD)
    reply, _ = dns.query.udp_with_fallback(query, RESOLVER, timeout=20)
    if reply.rcode() == Rcode.SERVFAIL:
        return "bogus"
    return "secure" if reply.flags & dns.flags.AD else "insecure"


def raise_address(address: str) -> None:
    """Give the loopback one more address, outside of 127.0.0.0/8."""
    (ip,) = needs("ip")
    subprocess.run([ip, "address", "add", address, "dev", "lo"], check=True)
