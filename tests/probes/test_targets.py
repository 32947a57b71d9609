"""The gate: what is open, what is refused, and what is seen through."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes import RangeInvalid, TargetPolicy, TargetRefused

EVERYTHING = TargetPolicy.allowing("0.0.0.0/0", "::/0")


def check(policy: TargetPolicy, text: str) -> str:
    return str(policy.check(ip_address(text)))


@pytest.mark.parametrize("text", ["127.0.0.1", "127.1.2.3", "127.255.255.254", "::1"])
def test_loopback_is_open(text: str) -> None:
    assert check(TargetPolicy(), text) == text


@pytest.mark.parametrize("text", ["10.0.0.1", "8.8.8.8", "126.255.255.255", "128.0.0.0", "::2"])
def test_anything_else_is_closed_until_it_is_named(text: str) -> None:
    with pytest.raises(TargetRefused, match="outside the allowed ranges") as refused:
        check(TargetPolicy(), text)
    assert refused.value.flag == f"--allow-target {text}/{ip_address(text).max_prefixlen}"


@given(address=st.ip_addresses())
def test_the_flag_in_a_refusal_opens_that_address(address: object) -> None:
    text = str(address)
    try:
        check(TargetPolicy(), text)
    except TargetRefused as refused:
        permission = refused.flag.removeprefix("--allow-target ")
        assert check(TargetPolicy.allowing(permission), text)


def test_a_named_range_is_open_besides_loopback() -> None:
    policy = TargetPolicy.allowing("10.1.0.0/16", "fd00::/8")
    for text in ("10.1.2.3", "fd00::5", "127.0.0.1", "::1"):
        assert check(policy, text) == text
    with pytest.raises(TargetRefused):
        check(policy, "10.2.0.1")


FORBIDDEN = [
    ("169.254.169.254", "metadata"),
    ("100.100.100.200", "metadata"),
    ("fd00:ec2::254", "metadata"),
    ("169.254.1.1", "link-local"),
    ("fe80::1", "link-local"),
    ("fe80::1%lo", "link-local"),
    ("224.0.0.1", "multicast"),
    ("ff02::1", "multicast"),
    ("0.0.0.0", "unspecified"),
    ("0.1.2.3", "unspecified"),
    ("::", "unspecified"),
    ("255.255.255.255", "broadcast"),
]


@pytest.mark.parametrize(("text", "rule"), FORBIDDEN)
def test_a_wide_range_does_not_open_special_addresses(text: str, rule: str) -> None:
    with pytest.raises(TargetRefused, match=rule):
        check(EVERYTHING, text)


@pytest.mark.parametrize("text", [text for text, _ in FORBIDDEN])
def test_naming_a_special_address_singly_opens_it(text: str) -> None:
    bare = text.partition("%")[0]
    assert check(TargetPolicy.allowing(bare), text) == text


def test_a_zone_does_not_hide_a_metadata_service() -> None:
    with pytest.raises(TargetRefused, match="metadata"):
        check(EVERYTHING, "fd00:ec2::254%eth0")


@pytest.mark.parametrize("text", ["10.5.0.255", "10.5.0.0"])
def test_the_edges_of_an_allowed_range_are_broadcasts(text: str) -> None:
    with pytest.raises(TargetRefused, match="network or broadcast"):
        check(TargetPolicy.allowing("10.5.0.0/24"), text)


def test_a_range_of_two_has_no_broadcast_address() -> None:
    assert check(TargetPolicy.allowing("10.5.0.0/31"), "10.5.0.1") == "10.5.0.1"


def test_loopback_has_a_broadcast_address_too() -> None:
    with pytest.raises(TargetRefused, match="broadcast"):
        check(TargetPolicy(), "127.255.255.255")


def test_a_mapped_address_is_the_ipv4_address_it_maps() -> None:
    assert check(TargetPolicy(), "::ffff:127.0.0.1") == "127.0.0.1"
    with pytest.raises(TargetRefused, match=r"^10\.0\.0\.1 "):
        check(TargetPolicy.allowing("::/0"), "::ffff:10.0.0.1")


CARRIERS = {
    "NAT64": "64:ff9b::{}",
    "local NAT64": "64:ff9b:1::{}",
    "IPv4-compatible": "::{}",
    "6to4": "2002:{}::1",
}


def carrying(form: str, text: str) -> str:
    value = int(ip_address(text))
    return form.format(f"{value >> 16:x}:{value & 0xFFFF:x}")


@pytest.mark.parametrize("form", CARRIERS.values(), ids=CARRIERS)
def test_a_metadata_service_behind_a_gateway_is_seen(form: str) -> None:
    with pytest.raises(TargetRefused, match=r"leads to 169\.254\.169\.254.*metadata"):
        check(EVERYTHING, carrying(form, "169.254.169.254"))


@pytest.mark.parametrize("form", CARRIERS.values(), ids=CARRIERS)
def test_carrying_loopback_does_not_make_a_gateway_loopback(form: str) -> None:
    with pytest.raises(TargetRefused, match="outside"):
        check(TargetPolicy(), carrying(form, "127.0.0.1"))


@pytest.mark.parametrize("form", CARRIERS.values(), ids=CARRIERS)
def test_both_the_gateway_and_what_lies_behind_must_be_open(form: str) -> None:
    text = carrying(form, "10.0.0.1")
    with pytest.raises(TargetRefused, match=r"leads to 10\.0\.0\.1"):
        check(TargetPolicy.allowing("::/0"), text)
    assert check(TargetPolicy.allowing("::/0", "10.0.0.0/8"), text) == str(ip_address(text))


def test_a_teredo_address_is_its_client_as_well() -> None:
    with pytest.raises(TargetRefused, match="leads to"):
        check(TargetPolicy.allowing("::/0"), "2001:0:4136:e378:8000:63bf:3fff:fdd2")


@pytest.mark.parametrize("text", ["10.0.0.1/24", "10.0.0.0/33", "ten", "", "1.2.3"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RangeInvalid):
        TargetPolicy.allowing(text)
