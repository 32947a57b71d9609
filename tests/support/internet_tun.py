"""The simulated internet behind a TUN device of this namespace, and what programs see of it."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from peers import needs

from probes.internet import Internet, Route
from probes.internet.routes import routes_of
from probes.internet.serve import Service
from probes.internet.tun import TunDevice

DEVICE = "simtest"
PATIENCE_S = 50

Hops = dict[int, set[str]]
"""TTL to the addresses that answered; silent ones are not in it."""


@contextmanager
def behind_tun(internet: Internet) -> Iterator[Service]:
    """Serve this internet to the namespace until the block ends."""
    with TunDevice(DEVICE) as device:
        device.lead(internet.topology, routes_of(internet.topology))
        service = Service(internet, device)
        stop, wake = os.pipe()
        thread = threading.Thread(target=service.run, args=(stop,))
        thread.start()
        try:
            yield service
        finally:
            os.write(wake, b"!")
            thread.join(PATIENCE_S)
            os.close(stop)
            os.close(wake)


def output(program: str, *arguments: str) -> str:
    """Run a program to its end and return what it says."""
    (path,) = needs(program)
    ran = subprocess.run(
        [path, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert not ran.stderr, ran.stderr
    return ran.stdout


def truth(route: Route, target: str) -> Hops:
    """What any tracer should find: every address of every hop that speaks."""
    version = 6 if ":" in target else 4
    hops = {
        ttl: {str(face) for face in router.faces(version)}
        for ttl, router in enumerate(route.routers, 1)
        if not router.silent and router.faces(version)
    }
    return hops | {len(route.routers) + 1: {target}}


def by_mtr(target: str, *options: str) -> tuple[Hops, dict[int, list[int]], dict[int, int]]:
    """What mtr finds: addresses, MPLS labels and the number of answers, by TTL."""
    hops, labels, answers = defaultdict(set), defaultdict(list), defaultdict(int)
    for line in output("mtr", "-n", "-l", "-e", "-G", "1", *options, target).splitlines():
        kind, *words = line.split()
        ttl = int(words[0]) + 1
        if kind == "h":
            hops[ttl].add(words[1])
        elif kind == "m" and int(words[1]) not in labels[ttl]:
            labels[ttl].append(int(words[1]))
        elif kind == "p":
            answers[ttl] += 1
    return ending_at(dict(hops), target), dict(labels), dict(answers)


def by_traceroute(target: str, *options: str) -> Hops:
    """What traceroute finds."""
    hops: Hops = {}
    text = output("traceroute", "-n", *options, target)
    for line in text.splitlines()[1:]:
        ttl, rest = line.split(maxsplit=1)
        found = set(re.findall(r"(?<![\w.:=/])(?:\d+(?:\.\d+){3}|[0-9a-f]*:[0-9a-f:]+)", rest))
        if found:
            hops[int(ttl)] = found
    return ending_at(hops, target)


def ending_at(hops: Hops, target: str) -> Hops:
    """Cut off TTLs beyond the first that the target answered: tracers run ahead."""
    ends = [ttl for ttl, found in hops.items() if target in found]
    return {ttl: found for ttl, found in hops.items() if not ends or ttl <= min(ends)}
