"""The walk from the root: whom it asks, whom it does not, and when it ends."""

import asyncio
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address

import dns.flags
import dns.message
import dns.rrset
import pytest
from dns.message import Message
from dns_rig import reply
from hypothesis import given, settings
from hypothesis import strategies as st

from probes import Failure, FailureKind, Gate, TargetPolicy
from probes.connection import misled
from probes.dns.question import make_query, read_name, read_type
from probes.dns.reply import Reply, Server
from probes.dns_trace import DnsTracePlan, DnsTraceResult
from probes.dns_trace.probe import traced
from probes.dns_trace.reading import Asked, read
from probes.dns_trace.result import Outcome
from probes.dns_trace.walk import Walk

Say = Callable[[str, Message], Message | Failure]
LOST = Failure(FailureKind.TIMEOUT, "resolution", "No answer came within 1 s.")


def referral(query: Message, zone: str, *hosts: str) -> Message:
    """Refer to hosts, each `name` or `name=address`."""
    message = dns.message.make_response(query)
    names = [host.partition("=")[0] for host in hosts]
    message.authority.append(dns.rrset.from_text(zone, 60, "IN", "NS", *names))
    for host in hosts:
        name, _, address = host.partition("=")
        if address:
            kind = "AAAA" if ":" in address else "A"
            message.additional.append(dns.rrset.from_text(name, 60, "IN", kind, address))
    return message


def walked(say: Say, plan: DnsTracePlan | None = None) -> tuple[DnsTraceResult, list[str]]:
    """Walk for www.a.test.; tell which addresses were asked."""
    chosen = plan or DnsTracePlan("www.a.test")
    asked: list[str] = []

    async def ask(server: Server, query: Message) -> Reply:
        asked.append(str(server.address))
        said = say(str(server.address), query)
        return Reply(failure=said) if isinstance(said, Failure) else Reply(said, resolution_ms=1.0)

    walk = Walk(
        ask,
        make_query,
        partial(misled, Gate(TargetPolicy())),
        [Server("root", ip_address("127.0.0.1"), 53)],
        53,
        chosen.tries,
        chosen.most_queries,
    )

    async def within() -> DnsTraceResult:
        return await asyncio.wait_for(traced(chosen, walk), 20)

    return asyncio.run(within()), asked


def honest(address: str, query: Message) -> Message:
    if address == "127.0.0.1":
        return referral(query, "test.", "ns.test.=127.0.0.2")
    if address == "127.0.0.2":
        return referral(query, "a.test.", "ns.a.test.=127.0.0.3")
    return reply(query, f"{query.question[0].name} 60 IN A 192.0.2.1", flags=dns.flags.AA)


def test_referrals_are_followed_down_to_the_records() -> None:
    result, asked = walked(honest)
    assert asked == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    assert result.ok
    assert (result.queries, result.failed_queries, result.mappings) == (3, 0, ("192.0.2.1",))
    assert (result.final_server, result.final_query_ms) == ("ns.a.test.", 1.0)
    assert [step.zone for step in result.steps] == [".", "test.", "a.test."]
    outcomes = [Outcome.REFERRAL, Outcome.REFERRAL, Outcome.ANSWER]
    assert [step.outcome for step in result.steps] == outcomes


def test_the_output_holds_each_step() -> None:
    lines = walked(honest)[0].output.splitlines()
    assert lines[0] == "test.\t60\tIN\tNS\tns.test."
    assert lines[-1] == "; answer from ns.a.test. (127.0.0.3) for a.test., 1.000 ms"


@pytest.mark.parametrize("glue", ["203.0.113.9", "::ffff:203.0.113.9", "fd00::9", "169.254.1.1"])
def test_glue_outside_the_policy_is_not_asked(glue: str) -> None:
    result, asked = walked(lambda _, query: referral(query, "test.", f"ns.test.={glue}"))
    assert asked == ["127.0.0.1"]
    assert result.failure is not None
    assert result.failure.kind is FailureKind.NOT_ALLOWED
    assert "--allow-target" in result.failure.message
    assert result.final_query_ms is None


def test_glue_outside_the_policy_is_skipped_for_another() -> None:
    def say(address: str, query: Message) -> Message:
        if address == "127.0.0.1":
            return referral(query, "test.", "x.test.=203.0.113.9", "ns.test.=127.0.0.2")
        return honest(address, query)

    result, asked = walked(say)
    assert result.ok
    assert "203.0.113.9" not in asked
    assert len(result.skipped) == 1
    assert "x.test." in result.skipped[0]


def test_a_searched_address_outside_the_policy_is_not_asked() -> None:
    def say(address: str, query: Message) -> Message:
        if str(query.question[0].name) == "ns.elsewhere.":
            return reply(query, "ns.elsewhere. 60 IN A 203.0.113.9", flags=dns.flags.AA)
        return referral(query, "test.", "ns.elsewhere.")

    result, asked = walked(say)
    assert set(asked) == {"127.0.0.1"}
    assert result.failure is not None
    assert result.failure.kind is FailureKind.NOT_ALLOWED


def test_servers_without_glue_are_searched_for() -> None:
    def say(address: str, query: Message) -> Message:
        if str(query.question[0].name) == "ns.elsewhere.":
            return reply(query, "ns.elsewhere. 60 IN A 127.0.0.3", flags=dns.flags.AA)
        if address == "127.0.0.1":
            return referral(query, "a.test.", "ns.elsewhere.")
        return honest(address, query)

    result, asked = walked(say)
    assert result.ok
    assert asked == ["127.0.0.1", "127.0.0.1", "127.0.0.3"]


def test_glue_for_a_name_outside_the_zone_is_not_believed() -> None:
    """test. may not say where ns.elsewhere. is: the root is asked."""

    def say(address: str, query: Message) -> Message:
        if str(query.question[0].name) == "ns.elsewhere.":
            return reply(query, "ns.elsewhere. 60 IN A 127.0.0.3", flags=dns.flags.AA)
        if address == "127.0.0.1":
            return referral(query, "test.", "ns.test.=127.0.0.2")
        if address == "127.0.0.2":
            return referral(query, "a.test.", "ns.elsewhere.=127.0.0.66")
        return honest(address, query)

    assert "127.0.0.66" not in walked(say)[1]


def test_servers_that_need_each_other_end_the_walk() -> None:
    def say(address: str, query: Message) -> Message:
        name = query.question[0].name
        if name.is_subdomain(read_name("b.test.")):
            return referral(query, "b.test.", "ns.a.test.")
        return referral(query, "a.test.", "ns.b.test.")

    result, asked = walked(say)
    assert result.failure is not None
    assert result.failure.kind is FailureKind.RESOLVE
    assert len(asked) < 50


@pytest.mark.parametrize("zone", [".", "test.", "other.", "x.www.a.test."])
def test_a_referral_that_leads_no_nearer_is_lame(zone: str) -> None:
    def say(address: str, query: Message) -> Message:
        if address == "127.0.0.1":
            return referral(query, "test.", "ns.test.=127.0.0.2")
        return referral(query, zone, f"ns.{zone.lstrip('.')}=127.0.0.4")

    result, asked = walked(say)
    assert result.failure is not None
    assert "does not serve test." in result.failure.message
    assert asked == ["127.0.0.1", *["127.0.0.2"] * 3]
    assert result.failed_queries == 3


def test_the_next_server_is_asked_where_one_is_silent_or_lame() -> None:
    def say(address: str, query: Message) -> Message | Failure:
        if address == "127.0.0.1":
            hosts = ["s.test.=127.0.0.9", "l.test.=127.0.0.8", "ns.test.=127.0.0.2"]
            return referral(query, "test.", *hosts)
        if address == "127.0.0.9":
            return LOST
        return reply(query, rcode=5) if address == "127.0.0.8" else honest(address, query)

    result, asked = walked(say)
    assert result.ok
    assert asked[1:4] == ["127.0.0.9", "127.0.0.8", "127.0.0.2"]
    assert result.failed_queries == 2


def test_silence_everywhere_is_a_timeout_without_a_time() -> None:
    result, asked = walked(lambda *_: LOST)
    assert result.failure == LOST
    assert (len(asked), result.final_query_ms, result.address) == (3, None, None)


def test_an_alias_is_followed() -> None:
    def say(address: str, query: Message) -> Message:
        if str(query.question[0].name) == "www.a.test." and address == "127.0.0.3":
            return reply(query, "www.a.test. 60 IN CNAME x.a.test.", flags=dns.flags.AA)
        return honest(address, query)

    result, asked = walked(say)
    assert result.ok
    assert result.answers[0].name == "x.a.test."
    assert asked[2:] == ["127.0.0.3", "127.0.0.3"]


def test_aliases_that_go_round_are_given_up() -> None:
    def say(_: str, query: Message) -> Message:
        return reply(query, f"{query.question[0].name} 60 IN CNAME www.a.test.")

    result, asked = walked(say)
    assert result.failure is not None
    assert "aliases" in result.failure.message
    assert len(asked) == 9


def test_a_dname_renames_the_rest_of_the_walk() -> None:
    def say(_: str, query: Message) -> Message:
        if str(query.question[0].name) == "www.a.test.":
            return reply(query, "a.test. 60 IN DNAME b.test.")
        return reply(query, "www.b.test. 60 IN A 192.0.2.7")

    assert walked(say)[0].mappings == ("192.0.2.7",)


def test_the_number_of_questions_is_bounded() -> None:
    def say(address: str, query: Message) -> Message:
        name = query.question[0].name
        hosts = [f"n{n}.{name.labels[0].decode('latin-1')}x.test." for n in range(8)]
        return referral(query, str(name), *hosts)

    result, asked = walked(say, DnsTracePlan("www.a.test", most_queries=30))
    assert len(asked) <= 30
    assert result.failure is not None


@pytest.mark.parametrize(("rcode", "text"), [(3, "NXDOMAIN"), (0, "NOERROR")])
def test_a_denial_ends_the_walk_without_data(rcode: int, text: str) -> None:
    def say(_: str, query: Message) -> Message:
        return reply(query, rcode=rcode, flags=dns.flags.AA)

    result, _ = walked(say)
    assert (result.ok, result.rcode, result.failure) == (False, text, None)
    assert result.final_query_ms == 1.0


@pytest.mark.parametrize("rdclass", ["CH", "CLASS5"])
def test_glue_of_another_class_is_no_address(rdclass: str) -> None:
    text = "test. 10" if rdclass == "CH" else r"\# 4 7f000002"

    def say(_: str, query: Message) -> Message:
        message = referral(query, "test.", "ns.test.")
        odd = dns.rrset.from_text("ns.test.", 60, rdclass, "A", text)
        message.additional.append(odd)
        return message

    assert set(walked(say)[1]) == {"127.0.0.1"}


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_message_that_can_be_read_has_a_meaning(tail: bytes) -> None:
    query = make_query(read_name("www.a.test"), read_type("A"))
    wire = bytearray(referral(query, "test.", "ns.test.=127.0.0.2").to_wire())
    for place, byte in enumerate(tail):
        if byte:
            wire[12 + place % (len(wire) - 12)] ^= byte
    try:
        message = dns.message.from_wire(bytes(wire), ignore_trailing=True)
    except Exception:  # noqa: BLE001
        return
    asked = Asked(read_name("www.a.test"), query.question[0].rdtype, read_name("."))
    assert read(message, asked).outcome in Outcome
