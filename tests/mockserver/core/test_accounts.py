"""Accounts: named by keys, one set of keys a vendor, none of them taken twice."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.accounts import LIMIT, Account, Accounts
from mockserver.core.credentials import digest
from mockserver.core.errors import BadRequest, Conflict, InsufficientStorage
from mockserver.core.randomness import Randomness

DEFAULTS = {"shop": "shop_key", "kiosk": "kiosk_key"}


def house(seed: int = 1) -> Accounts:
    return Accounts(DEFAULTS, Randomness(seed))


def add(accounts: Accounts, name: str, key: str | None = None) -> Account:
    account = accounts.new(name, key)
    accounts.add(account)
    return account


def test_the_default_account_has_the_default_keys() -> None:
    found = house().find("shop", "shop_key")
    assert found is not None
    assert (found.name, found.keys) == ("default", DEFAULTS)


def test_a_key_counts_at_its_own_vendor_only() -> None:
    assert house().find("kiosk", "shop_key") is None


@given(key=st.text())
def test_an_unknown_key_names_nobody(key: str) -> None:
    found = house().find("shop", key)
    assert (found is not None) == (key == "shop_key")


def test_a_key_of_any_characters_is_only_unknown() -> None:
    assert house().find("shop", "\ud800" + "k" * 100_000) is None


def test_a_new_account_is_not_known_until_it_is_added() -> None:
    accounts = house()
    account = accounts.new("worker", "worker_key")
    assert accounts.named("worker") is None
    accounts.add(account)
    assert accounts.named("worker") is account
    assert accounts.find("shop", "worker_key") is account


def test_one_key_may_be_given_for_all_vendors() -> None:
    keys = house().new("worker", "worker_key").keys
    assert keys == {"shop": "worker_key", "kiosk": "worker_key"}


def test_fresh_keys_differ_by_vendor_and_look_like_keys() -> None:
    keys = house().new("worker").keys
    assert keys["shop"] != keys["kiosk"]
    assert all(re.fullmatch("mock_[0-9A-Za-z]{32}", key) for key in keys.values())


def test_fresh_keys_follow_from_seed_and_name() -> None:
    assert house(1).new("worker").keys == house(1).new("worker").keys
    assert house(1).new("worker").keys != house(2).new("worker").keys
    assert house(1).new("worker").keys != house(1).new("walker").keys


def test_accounts_are_listed_in_order_of_creation() -> None:
    accounts = house()
    for name in ("zoe", "adam"):
        add(accounts, name)
    assert [account.name for account in accounts] == ["default", "zoe", "adam"]


def test_a_list_that_is_being_read_may_grow() -> None:
    accounts = house()
    for account in accounts:
        add(accounts, f"after-{account.name}")
    assert [account.name for account in accounts] == ["default", "after-default"]


@given(name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", fullmatch=True))
def test_a_plain_name_is_taken(name: str) -> None:
    if name != "default":
        assert house().new(name).name == name


@pytest.mark.parametrize("name", ["", "-a", ".", "a b", "a/b", "ä", "a\n", "x" * 65, "a\x1fb"])
def test_a_name_that_could_mislead_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="name must be"):
        house().new(name)


def test_a_refused_name_is_not_repeated_at_length() -> None:
    with pytest.raises(BadRequest) as refused:
        house().new("x" * 10_000)
    assert len(refused.value.message) < 250


def test_a_name_is_taken_only_once() -> None:
    with pytest.raises(Conflict, match="default exists already"):
        house().new("default")


def test_a_key_is_taken_only_once_and_the_vendor_is_named() -> None:
    with pytest.raises(Conflict, match=r"another account at kiosk$"):
        house().new("worker", "kiosk_key")


def test_there_is_a_limit_to_accounts() -> None:
    accounts = house()
    for number in range(LIMIT - 1):
        add(accounts, f"worker-{number}", f"key-{number}")
    with pytest.raises(InsufficientStorage, match=str(LIMIT)):
        accounts.new("one-too-many")


@given(secrets=st.sets(st.text(), min_size=2, max_size=2))
def test_different_secrets_have_different_digests_of_one_length(secrets: set[str]) -> None:
    first, second = (digest(secret) for secret in secrets)
    assert first != second
    assert len(first) == len(second) == 32
