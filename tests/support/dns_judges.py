"""The probe and unbound judge the same tree at the same time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType
from dns_cases import cases
from dns_lab import RESOLVER, name_servers, resolver, verdict_of_unbound
from dns_tree import ROOT_ADDRESS, Tree

from probes import LiveNetwork, TargetPolicy
from probes.dns_trace import RootServer
from probes.dnssec import DnssecPlan, DnssecResult
from probes.dnssec.source import WalkingSource

Case = tuple[str, str]
Said = dict[tuple[str, str], bytes]
ROOTS = (RootServer("ns.", ROOT_ADDRESS),)
REPLAYED = ("ec", "nsec3")
QUESTIONS = ("www A", "nope A", "www TXT", "foo.wild A", "foo.wild TXT", "alias A", "x.dn A")
# Asking goes through the same proofs as walking: a part of the cases shows that it fetches right.
ASKED = 6


@dataclass
class Judged:
    """Every verdict, and for some cases every answer that it rests on."""

    walking: dict[Case, DnssecResult]
    asking: dict[Case, DnssecResult]
    unbound: dict[Case, str]
    said: dict[Case, Said]


def judge_all(tree: Tree, nsd: str, unbound: str) -> Judged:
    """Judge all cases three ways; runs inside a namespace."""
    with name_servers(tree, nsd), resolver(tree, unbound):
        # First of all, since bogus records in its cache change what unbound says later.
        oracle = {case: verdict_of_unbound(*case) for case in cases()}
        walking, asking, said = asyncio.run(asyncio.wait_for(_judge(tree), 50))
    return Judged(walking, asking, oracle, said)


async def _judge(tree: Tree) -> tuple[Any, Any, dict[Case, Said]]:
    network = LiveNetwork(TargetPolicy())
    walking, asking = {}, {}
    anchors = (tree.anchor,)
    for name, rdtype in cases():
        plan = DnssecPlan(name, rdtype, anchors=anchors, roots=ROOTS)
        walking[name, rdtype] = await network.measure(plan)
    for name, rdtype in cases()[::ASKED]:
        plan = DnssecPlan(name, rdtype, RESOLVER, anchors)
        asking[name, rdtype] = await network.measure(plan)
    said = {case: await _recorded(network, tree, *case) for case in replayed()}
    await network.close()
    return walking, asking, said


def replayed() -> list[Case]:
    """Name the cases whose answers are kept."""
    asked = [(zone, *question.split()) for zone in REPLAYED for question in QUESTIONS]
    asked.append(("rsa", "www", "A"))
    return [(f"{label}.{zone}.test.", rdtype) for zone, label, rdtype in asked]


async def _recorded(network: LiveNetwork, tree: Tree, name: str, rdtype: str) -> Said:
    said: Said = {}
    fetch = WalkingSource.fetch

    async def note(self: WalkingSource, owner: Name, kind: RdataType) -> Message:
        message = await fetch(self, owner, kind)
        wire = message.to_wire(max_size=65_535, want_shuffle=False)
        said[owner.to_text(), RdataType.to_text(kind)] = wire
        return message

    WalkingSource.fetch = note  # type: ignore[method-assign]
    try:
        await network.measure(DnssecPlan(name, rdtype, anchors=(tree.anchor,), roots=ROOTS))
    finally:
        WalkingSource.fetch = fetch  # type: ignore[method-assign]
    return said
