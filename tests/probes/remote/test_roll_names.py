"""What agents may be called, where their letters go, and what they tell of their machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.remote import machine
from probes.remote.engine import Engine
from probes.remote.errors import AgentInvalid, EngineUnreachable
from probes.remote.roll import address_of, box_name


def test_an_agent_is_addressed_by_its_account_and_name() -> None:
    assert address_of("default", "office") == "default/office"


@pytest.mark.parametrize("name", ["", "a b", "-x", "a/b", "x" * 65, "ä", "a\n"])
def test_a_name_that_no_agent_can_have_is_refused(name: str) -> None:
    with pytest.raises(AgentInvalid, match="is no name of an agent: expected 1 to 64 of letters"):
        address_of("default", name)


@pytest.mark.parametrize("account", ["", "a b"])
def test_an_account_that_cannot_be_is_refused(account: str) -> None:
    with pytest.raises(AgentInvalid, match="is no name of an account"):
        address_of(account, "office")


def test_the_longest_names_have_queues_that_differ_and_fit_a_channel() -> None:
    """PostgreSQL takes 63 bytes, of which SAQ needs four."""
    names = [box_name(address_of("a" * 64, f"{'n' * 63}{end}")) for end in "12"]
    assert len(set(names)) == 2
    assert all(len(name) <= 59 for name in names)


def test_the_addresses_of_a_machine_are_those_that_lead_to_it(tmp_path: Path) -> None:
    (tmp_path / "fib_trie").write_text(
        "  |-- 127.0.0.1\n     /32 host LOCAL\n"
        "  |-- 192.0.2.0\n     /24 link UNICAST\n"
        "  |-- 192.0.2.7\n     /32 host LOCAL\n"
        "  |-- 192.0.2.7\n     /32 host LOCAL\n"
    )
    (tmp_path / "if_inet6").write_text(
        "00000000000000000000000000000001 01 80 10 80 lo\n"
        "fe800000000000000000000000000001 02 40 20 80 eth0\n"
        "20010db8000000000000000000000007 02 40 00 80 eth0\n"
    )
    assert machine.addresses(tmp_path) == ("192.0.2.7", "2001:db8::7")


def test_a_machine_that_tells_nothing_has_loopback(tmp_path: Path) -> None:
    assert machine.addresses(tmp_path) == ("127.0.0.1",)


@pytest.mark.parametrize(
    "url", ["redis://here", "here", "", "http://here/", "postgresql://[here", "mysql://u:secret@h"]
)
def test_an_address_that_is_no_engine_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(EngineUnreachable, match="engine") as refusal:
        Engine(url)
    assert "secret" not in str(refusal.value)


def test_a_password_is_not_told() -> None:
    assert Engine("postgresql://u:secret@h/d").place == "postgresql://u:***@h/d"
