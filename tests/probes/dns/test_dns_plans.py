"""Plans that cannot be carried out are refused when they are made, and plans cost little."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import probes
from probes import PlanInvalid
from probes.dns import DnsPlan
from probes.dns_trace import DnsTracePlan, RootServer
from probes.dns_trace.root_hints import IANA_ROOTS, read_root
from probes.dnssec import DnssecPlan


def dns(**settings: Any) -> DnsPlan:
    return DnsPlan(**{"target": "127.0.0.1", "name": "a.example", **settings})


def trace(**settings: Any) -> DnsTracePlan:
    return DnsTracePlan(**{"target": "a.example", **settings})


def dnssec(**settings: Any) -> DnssecPlan:
    return DnssecPlan(**{"target": "a.example", **settings})


@pytest.mark.parametrize(
    ("make", "settings", "clue"),
    [
        (dns, {"name": "a..b"}, "'a..b' is no domain name"),
        (dns, {"name": "x" * 64}, "is no domain name"),
        (dns, {"name": "a." * 130}, "is no domain name"),
        (dns, {"name": "\\400"}, "is no domain name"),
        (dns, {"rdtype": "WHAT"}, "not 'WHAT'"),
        (dns, {"rdtype": "AXFR"}, "AXFR is not a type"),
        (dns, {"rdtype": "TYPE99999"}, "type"),
        (dns, {"rdclass": "XX"}, "not 'XX'"),
        (dns, {"transport": "carrier pigeon"}, "udp, tcp, tls, https"),
        (dns, {"port": 0}, "1 to 65535, not 0"),
        (dns, {"edns_bytes": 100}, "512 to 65535, not 100"),
        (dns, {"edns_bytes": 0, "dnssec_ok": True}, "DNSSEC needs EDNS"),
        (dns, {"timeout_s": 0}, "more than zero seconds"),
        (dns, {"timeout_s": float("nan")}, "more than zero seconds"),
        (dns, {"timeout_s": float("inf")}, "more than zero seconds"),
        (dns, {"tries": 0}, "1 to 10, not 0"),
        (dns, {"path": "x"}, "begin with /"),
        (dns, {"path": "/a\r\nb"}, "printable"),
        (trace, {"target": ""}, None),
        (trace, {"transport": "tls"}, "udp, tcp, not 'tls'"),
        (trace, {"roots": ()}, "At least one root"),
        (trace, {"roots": (RootServer("a", "name.example"),)}, "literal ADDRESS#PORT"),
        (trace, {"roots": (RootServer("a", "127.0.0.1", 0),)}, "127.0.0.1#0"),
        (trace, {"most_queries": 0}, "1 to 1000"),
        (dnssec, {"rdtype": "RRSIG"}, "never signed themselves"),
        (dnssec, {"anchors": ()}, "At least one trust anchor"),
        (dnssec, {"anchors": ("nonsense",)}, "OWNER IN DS"),
        (dnssec, {"anchors": (". IN DS 1 2 3",)}, "cannot be read"),
        (dnssec, {"anchors": (". IN A 192.0.2.1",)}, "OWNER IN DS"),
        (dnssec, {"anchors": (". DNSKEY 257 3 8 ====",)}, "cannot be read"),
        (dnssec, {"at": -1}, "seconds since 1970"),
        (dnssec, {"at": float("nan")}, "seconds since 1970"),
        (dnssec, {"skew_s": -1}, "zero or more"),
        (dnssec, {"port": 70_000}, "1 to 65535"),
    ],
)
def test_what_is_impossible_is_refused(
    make: Callable[..., object], settings: dict[str, Any], clue: str | None
) -> None:
    if clue is None:
        make(**settings)
        return
    with pytest.raises(PlanInvalid) as refused:
        make(**settings)
    assert clue in str(refused.value)
    assert str(refused.value).endswith(".")


def test_an_international_name_is_taken() -> None:
    assert dns(name="bücher.example").name == "bücher.example"


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("127.0.0.1", RootServer("127.0.0.1", "127.0.0.1", 53)),
        ("127.0.0.1#5300", RootServer("127.0.0.1", "127.0.0.1", 5300)),
        ("ns.=::1#5300", RootServer("ns.", "::1", 5300)),
    ],
)
def test_a_root_is_read_from_text(text: str, root: RootServer) -> None:
    assert read_root(text) == root


@pytest.mark.parametrize("text", ["127.0.0.1#x", "127.0.0.1#", "nowhere", "127.0.0.1#99999"])
def test_a_root_that_is_none_is_refused_by_the_plan(text: str) -> None:
    with pytest.raises(PlanInvalid):
        trace(roots=(read_root(text),))


def test_the_roots_are_thirteen() -> None:
    assert len({root.address for root in IANA_ROOTS}) == 13


@pytest.mark.parametrize("package", ["probes.dns", "probes.dns_trace", "probes.dnssec"])
def test_importing_a_plan_loads_neither_codec_nor_curl(package: str) -> None:
    heavy = "{'dns', 'pycurl', 'cryptography'}"
    code = f"import sys, {package}; print({heavy} & set(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(probes.__file__).parent.parent,
    )
    assert ran.stdout.strip() == "set()"
