"""DNS tests against NSD and unbound with a root of their own: their logs and counters judge."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from dns_lab import RESOLVER, name_servers, programs, resolver, verdict_of_unbound
from dns_tree import LEAF_ADDRESS, ROOT_ADDRESS, TLD_ADDRESS, Tree, build_tree
from namespaces import Namespace
from te_tasks import PATIENCE_S, apply_rules, measured, packets

from mockserver.app import create_app
from mockserver.settings import Settings

pytestmark = pytest.mark.slow

ROOTS = (f"ns.lab={ROOT_ADDRESS}#53",)
RULES = f"""table inet t {{
  counter root {{}}
  counter tld {{}}
  counter leaf {{}}
  counter streams {{}}
  chain heard {{
    type filter hook input priority 0;
    ip daddr {ROOT_ADDRESS} udp dport 53 counter name root
    ip daddr {TLD_ADDRESS} udp dport 53 counter name tld
    ip daddr {LEAF_ADDRESS} udp dport 53 counter name leaf
    ip daddr 127.53.0.0/24 tcp dport 53 tcp flags & (syn|ack) == syn counter name streams
  }}
}}"""
LOG = "  log-queries: yes\n  log-tag-queryreply: no\n"
PROVEN = ("www.ec.test A", "www.plain.test A", "www.expired.test A", "www.tampered.test A")


def told(tree: Tree) -> dict[str, Any]:
    return {"dns_roots": ROOTS, "trust_anchors": (tree.anchor,)}


def trace(tree: Tree, domain: str, **settings: Any) -> dict[str, Any]:
    """Trace, and count what came to each server meanwhile."""
    before = packets()
    (entry,) = measured("dns-trace", {"domain": domain, **settings}, **told(tree))["dns/trace"]
    counted = {name: count - before[name] for name, count in packets().items()}
    return {**entry, "counted": counted}


def ask(domain: str, *servers: str, **settings: Any) -> Any:
    rows = [{"serverName": name} for name in servers]
    body = {"domain": domain, "dnsServers": rows, "networkMeasurements": 0, **settings}
    return measured("dns-server", body)


async def served(tree: Tree) -> dict[str, Any]:
    """Create tests at a stand-in that was told the root and its key, and fetch their pages."""
    anchor = tree.folder / "root.anchor"
    anchor.write_text(f"; the key of this root\n{tree.anchor}\n")
    settings = Settings(vendor=("thousandeyes",), dns_root=ROOTS, trust_anchor=anchor)
    app, pages = create_app(settings), {}
    await app.start()
    key = {"Authorization": "Bearer mock-thousandeyes-token"}
    transport = httpx.ASGITransport(app)
    base = "http://127.0.0.1:8080/thousandeyes/v6"
    async with httpx.AsyncClient(transport=transport, base_url=base, headers=key) as client:
        for type_, path in (("dns-trace", "dns/trace"), ("dns-dnssec", "dns/dnssec")):
            body = {"agents": [{"agentId": 29}], "domain": "www.ec.test A"}
            made = await client.post(f"/instant/{type_}", json=body)
            await asyncio.wait_for(app.runner.drain(), PATIENCE_S)
            answer = await client.get(f"/{path}/{made.json()['test'][0]['testId']}")
            pages[type_] = (answer.json()["dns"], answer.headers["x-mock-network"])
    await app.stop()
    assert not app.breaches
    return pages


def study(tree: Tree, nsd: str, unbound: str) -> dict[str, Any]:
    """Do all the measuring, inside a namespace, and bring home what was found."""
    apply_rules(RULES)
    with name_servers(tree, nsd), resolver(tree, unbound, LOG):
        words = Path(tree.folder / "unbound.log")
        traces = {
            "plain": trace(tree, "www.ec.test A"),
            "any": trace(tree, "mail.ec.test"),
            "missing": trace(tree, "nothing.ec.test A"),
            "tcp": trace(tree, "www.ec.test A", dnsTransportProtocol="TCP"),
        }
        pages = asyncio.run(served(tree))
        before = len(words.read_text())
        asked = {
            "address": ask("WWW.ed.test A", f"{RESOLVER}", recursiveQueries=1),
            "plain": ask("www.ec.test A", f"{LEAF_ADDRESS}."),
            "missing": ask("nothing.ec.test A", LEAF_ADDRESS),
            "foreign": ask("www.example.org A", LEAF_ADDRESS),
            "two": ask("www.ec.test A", LEAF_ADDRESS, f"{RESOLVER}:1"),
            "layer": ask("www.ec.test A", LEAF_ADDRESS, TLD_ADDRESS, networkMeasurements=1),
            "icmp": ask("www.ec.test A", LEAF_ADDRESS, networkMeasurements=1, protocol="ICMP"),
        }
        log = words.read_text()[before:]
        proofs = {
            domain: measured("dns-dnssec", {"domain": domain}, **told(tree))["dns/dnssec"][0]
            for domain in PROVEN
        }
        judged = {domain: verdict_of_unbound(*domain.split()) for domain in PROVEN}
    found = {"traces": traces, "pages": pages}
    return {**found, "asked": asked, "log": log, "proofs": proofs, "judged": judged}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    nsd, unbound, *_ = programs()
    tree = build_tree(tmp_path_factory.mktemp("te-tree"))
    found: Any = Namespace().run(lambda: study(tree, nsd, unbound))
    return found


def test_a_trace_asked_as_often_as_the_servers_counted(lab: Any) -> None:
    entry = lab["traces"]["plain"]
    assert entry["counted"] == {"root": 1, "tld": 1, "leaf": 1, "streams": 0}
    assert (entry["queries"], entry["failedQueries"]) == (3, 0)


def test_a_trace_ends_at_the_server_of_the_zone(lab: Any) -> None:
    entry = lab["traces"]["plain"]
    assert (entry["finalServerQueried"], entry["mappings"]) == ("ns.ec.test.", "192.0.2.1")
    assert entry["errorDetails"] == ""
    assert isinstance(entry["finalQueryTime"], int)


def test_the_output_of_a_trace_shows_every_delegation(lab: Any) -> None:
    lines = lab["traces"]["plain"]["output"].splitlines()
    assert any(line.startswith("test.\t300\tIN\tNS\tns.test.") for line in lines)
    assert any(line.startswith("www.ec.test.\t300\tIN\tA\t192.0.2.1") for line in lines)


def test_without_a_type_any_is_asked_for(lab: Any) -> None:
    assert "192.0.2.25 (A)" in lab["traces"]["any"]["mappings"].splitlines()


def test_a_name_that_does_not_exist_is_told(lab: Any) -> None:
    entry = lab["traces"]["missing"]
    assert "mappings" not in entry
    assert "NXDOMAIN" in entry["errorDetails"]


def test_a_trace_over_tcp_sends_no_datagram(lab: Any) -> None:
    entry = lab["traces"]["tcp"]
    assert entry["counted"] == {"root": 0, "tld": 0, "leaf": 0, "streams": 3}
    assert entry["mappings"] == "192.0.2.1"


def test_the_resolvers_own_log_has_the_question(lab: Any) -> None:
    asked = [line for line in lab["log"].splitlines() if "ed.test." in line.lower()]
    assert len(asked) == 1
    assert asked[0].rstrip().lower().endswith("127.0.0.1 www.ed.test. a in")


def test_an_entry_tells_what_the_server_said(lab: Any) -> None:
    (entry,) = lab["asked"]["address"]["dns/server"]
    time_ms = entry.pop("resolutionTime")
    assert isinstance(time_ms, int)
    assert entry == {
        "serverId": 1,
        "server": RESOLVER,
        "queries": 1,
        "mappings": "192.0.2.1",
        "errorDetails": "",
    }


def test_a_server_is_shown_as_it_was_given(lab: Any) -> None:
    (entry,) = lab["asked"]["plain"]["dns/server"]
    assert (entry["server"], entry["mappings"]) == (f"{LEAF_ADDRESS}.", "192.0.2.1")


@pytest.mark.parametrize(("case", "said"), [("missing", "NXDOMAIN"), ("foreign", "REFUSED")])
def test_an_answer_without_records_is_an_error(lab: Any, case: str, said: str) -> None:
    (entry,) = lab["asked"][case]["dns/server"]
    assert said in entry["errorDetails"]
    assert "mappings" not in entry
    assert "resolutionTime" in entry


def test_a_server_that_is_down_does_not_hide_the_other(lab: Any) -> None:
    good, bad = lab["asked"]["two"]["dns/server"]
    assert (good["serverId"], good["mappings"]) == (1, "192.0.2.1")
    assert (bad["serverId"], bad["server"]) == (2, f"{RESOLVER}:1")
    assert bad["errorDetails"]
    assert "resolutionTime" not in bad


def test_without_network_measurements_there_is_no_network_page(lab: Any) -> None:
    assert set(lab["asked"]["plain"]) == {"dns/server"}


def test_the_network_is_measured_towards_each_server(lab: Any) -> None:
    findings = lab["asked"]["layer"]
    for page in ("net/metrics", "net/path-vis"):
        named = [(entry["_serverId"], entry["server"]) for entry in findings[page]]
        assert named == [(1, f"{LEAF_ADDRESS}:53"), (2, f"{TLD_ADDRESS}:53")]
    assert [entry["loss"] for entry in findings["net/metrics"]] == [0, 0]


def test_the_network_is_measured_by_icmp_where_that_is_chosen(lab: Any) -> None:
    (entry,) = lab["asked"]["icmp"]["net/metrics"]
    assert (entry["server"], entry["loss"]) == (LEAF_ADDRESS, 0)


@pytest.mark.parametrize("domain", PROVEN)
def test_valid_is_what_unbound_calls_secure(lab: Any, domain: str) -> None:
    entry = lab["proofs"][domain]
    assert entry["valid"] == int(lab["judged"][domain] == "secure")
    assert bool(entry["errorDetails"]) is not bool(entry["valid"])


def test_the_trees_hold_valid_and_invalid_names(lab: Any) -> None:
    assert [lab["proofs"][domain]["valid"] for domain in PROVEN] == [1, 0, 0, 0]


def test_the_settings_of_a_server_reach_its_agents(lab: Any) -> None:
    """What it is told of roots and keys is what its DNS tests go by."""
    (trace_page, proof_page) = (lab["pages"][type_] for type_ in ("dns-trace", "dns-dnssec"))
    assert trace_page[0]["trace"][0]["mappings"] == "192.0.2.1"
    assert proof_page[0]["dnssec"][0]["valid"] == 1
    assert (trace_page[1], proof_page[1]) == ("live", "live")


def test_without_the_private_anchor_nothing_there_is_valid() -> None:
    """The public keys do not vouch for a private root: nobody answers, so nothing is proven."""
    findings = measured("dns-dnssec", {"domain": "www.ec.test A"}, dns_roots=("127.0.0.1#1",))
    (entry,) = findings["dns/dnssec"]
    assert entry["valid"] == 0
    assert entry["errorDetails"]


def test_a_root_that_does_not_answer_is_an_error_with_its_questions_counted() -> None:
    findings = measured("dns-trace", {"domain": "www.ec.test A"}, dns_roots=("127.0.0.1#1",))
    (entry,) = findings["dns/trace"]
    assert (entry["queries"], entry["failedQueries"]) == (3, 3)
    assert "127.0.0.1" in entry["errorDetails"] or "refused" in entry["errorDetails"].lower()
    assert "finalServerQueried" not in entry


@pytest.mark.parametrize(
    ("type_", "page"),
    [("dns-trace", "dns/trace"), ("dns-server", "dns/server"), ("dns-dnssec", "dns/dnssec")],
)
def test_a_type_that_does_not_exist_is_named(type_: str, page: str) -> None:
    body = {"domain": "www.ec.test NOSUCH", "networkMeasurements": 0}
    if type_ == "dns-server":
        body["dnsServers"] = [{"serverName": "127.0.0.1:1"}]
    (entry,) = measured(type_, body)[page]
    assert "NOSUCH" in entry["errorDetails"]
