"""One seed, many streams: repeatable, independent, and ids of the right form."""

import random
import re
import uuid
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.addresses import (
    documentation_address,
    documentation_address6,
    loopback_address,
)
from mockserver.core.randomness import BASE62, Randomness, ksuid

NAMES = st.lists(st.text("abc1", min_size=1, max_size=3), min_size=1, max_size=3)
SEEDS = st.integers(-(2**63), 2**63 - 1)
# The seconds that 32 bits hold, counted from the format's own epoch.
KSUID_MS = st.integers(1_400_000_000_000, 1_400_000_000_000 + (2**32 - 1) * 1000)


@given(seed=SEEDS, names=NAMES)
def test_the_same_seed_and_names_give_the_same_numbers(seed: int, names: list[str]) -> None:
    first, second = (Randomness(seed).stream(*names).random() for _ in range(2))
    assert first == second


@given(seed=SEEDS, names=NAMES, others=NAMES)
def test_other_names_give_other_numbers(seed: int, names: list[str], others: list[str]) -> None:
    root = Randomness(seed)
    same = root.stream(*names).getrandbits(64) == root.stream(*others).getrandbits(64)
    assert same == (names == others)


@given(seeds=st.sets(SEEDS, min_size=2, max_size=2))
def test_another_seed_gives_other_numbers(seeds: set[int]) -> None:
    first, second = (Randomness(seed).stream("a").getrandbits(64) for seed in seeds)
    assert first != second


@given(names=NAMES)
def test_a_child_is_the_same_as_longer_names(names: list[str]) -> None:
    child = Randomness(1).child("shop").stream(*names).getrandbits(64)
    assert child == Randomness(1).stream("shop", *names).getrandbits(64)


def test_names_are_not_simply_joined() -> None:
    root = Randomness(1)
    assert root.token(20, "a", "bc") != root.token(20, "ab", "c")


def test_drawing_from_one_stream_leaves_the_others_alone() -> None:
    root = Randomness(1)
    untouched = root.stream("b").random()
    busy = root.stream("a")
    for _ in range(100):
        busy.random()
    assert root.stream("b").random() == untouched


def test_a_uuid_is_one_of_version_4() -> None:
    made = uuid.UUID(Randomness(1).uuid("task", 1))
    assert (made.version, made.variant) == (4, uuid.RFC_4122)


def test_a_thousand_numbered_uuids_differ() -> None:
    assert len({Randomness(1).uuid("task", number) for number in range(1000)}) == 1000


@pytest.mark.parametrize("length", [1, 27, 200])
def test_a_token_is_as_long_as_asked_and_base62(length: int) -> None:
    assert re.fullmatch(f"[0-9A-Za-z]{{{length}}}", Randomness(1).token(length, "key"))


def test_faker_says_the_same_for_a_seed_whatever_else_was_said() -> None:
    first = Randomness(1).faker("people").name()
    Randomness(1).faker("others").name()
    assert Randomness(1).faker("people").name() == first


def test_faker_speaks_the_language_it_is_asked_for() -> None:
    german = [Randomness(1).faker("people", n, locale="de_DE").name() for n in range(20)]
    english = [Randomness(1).faker("people", n).name() for n in range(20)]
    assert german != english


@given(at_ms=KSUID_MS, seed=SEEDS)
def test_a_ksuid_has_27_base62_characters(at_ms: int, seed: int) -> None:
    assert re.fullmatch("[0-9A-Za-z]{27}", ksuid(at_ms, random.Random(seed)))


@given(moments=st.tuples(KSUID_MS, KSUID_MS), seed=SEEDS)
def test_ksuids_sort_by_their_second(moments: tuple[int, int], seed: int) -> None:
    chance = random.Random(seed)
    first, second = (ksuid(at_ms, chance) for at_ms in moments)
    if moments[0] // 1000 != moments[1] // 1000:
        assert (first < second) == (moments[0] < moments[1])


@given(at_ms=KSUID_MS, seed=SEEDS)
def test_the_second_can_be_read_out_of_a_ksuid(at_ms: int, seed: int) -> None:
    number = 0
    for character in ksuid(at_ms, random.Random(seed)):
        number = number * 62 + BASE62.index(character)
    assert (number >> 128) + 1_400_000_000 == at_ms // 1000


@given(seed=SEEDS)
def test_made_up_addresses_are_of_documentation_ranges(seed: int) -> None:
    address = documentation_address(random.Random(seed))
    assert re.fullmatch(r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+", address)
    assert 1 <= int(address.rpartition(".")[2]) <= 254


@given(seed=SEEDS)
def test_made_up_ipv6_addresses_are_of_the_documentation_range(seed: int) -> None:
    made = ip_address(documentation_address6(random.Random(seed)))
    assert made in ip_network("2001:db8::/32")


@given(seed=SEEDS)
def test_loopback_addresses_are_loopback_but_not_the_usual_one(seed: int) -> None:
    made = ip_address(loopback_address(random.Random(seed)))
    assert made.is_loopback
    assert str(made) != "127.0.0.1"
