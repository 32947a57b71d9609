"""Names become one pinned address, whatever way they are written."""

import asyncio
import socket
from collections.abc import Sequence

import pytest

from probes import TargetPolicy, TargetRefused, TargetUnresolvable, admit, resolve
from probes.lookup import system_lookup
from probes.resolve import Lookup


class Zone:
    """A resolver that knows a few names and remembers what it was asked."""

    def __init__(self, **names: Sequence[str]) -> None:
        self.names = names
        self.asked: list[str] = []

    async def __call__(self, name: str, _: socket.AddressFamily) -> Sequence[str]:
        self.asked.append(name)
        if name not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.names[name]


def resolved(name: str, lookup: Lookup) -> list[str]:
    return [str(address) for address in asyncio.run(resolve(name, lookup=lookup))]


def admitted(name: str, policy: TargetPolicy, lookup: Lookup = system_lookup) -> str:
    return str(asyncio.run(admit(name, policy, lookup)).address)


@pytest.mark.parametrize("text", ["127.0.0.1", "::1", "2001:db8::5"])
def test_a_literal_address_is_not_looked_up(text: str) -> None:
    zone = Zone()
    assert resolved(text, zone) == [text]
    assert zone.asked == []


@pytest.mark.parametrize(
    "text",
    [
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021",
    ],
)
def test_an_odd_spelling_is_what_the_system_makes_of_it(text: str) -> None:
    """None of these is sent to a name server: the C library reads them as numbers."""
    assert admitted(text, TargetPolicy()) == "127.0.0.1"


@pytest.mark.parametrize("text", ["167772161", "0xa.1", "012.0.0.1", "10.1"])
def test_an_odd_spelling_passes_the_gate_like_any_other(text: str) -> None:
    with pytest.raises(TargetRefused, match=r"^10\.0\.0\.1 "):
        admitted(text, TargetPolicy())


def test_unicode_digits_are_not_taken_for_a_literal() -> None:
    zone = Zone()
    with pytest.raises(TargetUnresolvable):
        resolved("\u0661\u0662\u0667.0.0.1", zone)
    assert zone.asked == ["\u0661\u0662\u0667.0.0.1"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("127.0.0.1\0.example", "control"),
        ("127.0.0.1 example", "blanks"),
        ("127.0.0.1\n", "control"),
        ("a" * 254, "longer"),
    ],
)
def test_a_name_that_others_might_cut_short_is_never_looked_up(name: str, reason: str) -> None:
    zone = Zone()
    with pytest.raises(TargetUnresolvable, match=reason):
        resolved(name, zone)
    assert zone.asked == []


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "a..example", "\ud800.example"])
def test_a_name_that_cannot_be_encoded_is_unresolvable(name: str) -> None:
    with pytest.raises(TargetUnresolvable):
        resolved(name, system_lookup)


def test_an_unknown_name_is_unresolvable() -> None:
    with pytest.raises(TargetUnresolvable, match="not known"):
        resolved("nowhere", Zone())


def test_a_name_without_addresses_is_unresolvable() -> None:
    with pytest.raises(TargetUnresolvable, match="no address"):
        resolved("empty", Zone(empty=[]))


def test_a_literal_of_the_wrong_family_is_unresolvable() -> None:
    with pytest.raises(TargetUnresolvable):
        asyncio.run(resolve("127.0.0.1", socket.AF_INET6))


def test_a_silent_resolver_is_given_up() -> None:
    async def silent(name: str, family: socket.AddressFamily) -> Sequence[str]:
        await asyncio.Event().wait()
        return [name, family.name]

    with pytest.raises(TargetUnresolvable, match="within"):
        asyncio.run(resolve("slow", lookup=silent, patience_s=0.001))


def test_repeated_addresses_are_given_once_in_order() -> None:
    zone = Zone(twice=["::1", "127.0.0.1", "::1"])
    assert resolved("twice", zone) == ["::1", "127.0.0.1"]


def test_localhost_is_known_without_a_name_server() -> None:
    assert admitted("localhost", TargetPolicy()) in {"127.0.0.1", "::1"}


def test_a_name_is_resolved_once_and_its_first_address_pinned() -> None:
    zone = Zone(host=["127.0.0.2", "127.0.0.3"])
    assert admitted("host", TargetPolicy(), zone) == "127.0.0.2"
    assert zone.asked == ["host"]


def test_a_name_whose_first_address_is_closed_is_refused() -> None:
    with pytest.raises(TargetRefused, match=r"^10\.0\.0\.1 "):
        admitted("host", TargetPolicy(), Zone(host=["10.0.0.1", "127.0.0.1"]))


def test_a_mapped_answer_is_pinned_as_ipv4() -> None:
    assert admitted("host", TargetPolicy(), Zone(host=["::ffff:127.0.0.9"])) == "127.0.0.9"
