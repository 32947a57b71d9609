"""Addresses that lead to the upstream lead to the proxy again, and no others do."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proxy_rig import Answering, Rig, rig

from contract_tests.proxy import hops
from contract_tests.proxy.rewriting import Rewriting

BASE, HERE = "https://api.example.com", "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("https://api.example.com/a?b=1#c", f"{HERE}/a?b=1#c"),
        ("https://api.example.com", HERE),
        ("HTTPS://API.example.com:443/a", f"{HERE}/a"),
        ("https://api.example.com.evil.example/a", None),
        ("http://api.example.com/a", None),
        ("https://api.example.com:8443/a", None),
        ("/a", None),
        ("https://[broken", None),
    ],
)
def test_a_location_is_turned_only_if_it_leads_to_the_upstream(
    there: str, here: str | None
) -> None:
    assert Rewriting((BASE,)).location(there, HERE) == (here or there)


def test_a_base_with_a_path_is_left_out() -> None:
    turned = Rewriting(("http://127.0.0.1:80/shop",)).location("http://127.0.0.1/shop/a", HERE)
    assert turned == f"{HERE}/a"


def test_another_path_of_the_same_host_is_not_turned() -> None:
    there = "http://127.0.0.1/shops/a"
    assert Rewriting(("http://127.0.0.1/shop",)).location(there, HERE) == there


def answered(*, links: bool) -> tuple[Rig, bytes]:
    async def story() -> tuple[Rig, bytes]:
        upstream = Answering()
        async with rig(upstream, links=links) as proxy:
            body = json.dumps({"next": f"{proxy.there}/a?x=1"}).replace("/", "\\/").encode()
            upstream.answer = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLocation: %s/b\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (proxy.there.encode(), len(body), body)
            )
            return proxy, await proxy.get("/", "Accept-Encoding: gzip")

    return asyncio.run(story())


def test_links_in_bodies_are_turned_where_it_is_asked_for() -> None:
    proxy, got = answered(links=True)
    head, _, body = got.partition(b"\r\n\r\n")
    assert json.loads(body) == {"next": f"http://127.0.0.1:{proxy.port}/a?x=1"}
    assert f"content-length: {len(body)}".encode() in head
    assert f"Location: http://127.0.0.1:{proxy.port}/b".encode() in head


def test_bodies_stay_as_they_are_otherwise() -> None:
    proxy, got = answered(links=False)
    assert json.loads(got.partition(b"\r\n\r\n")[2]) == {"next": f"{proxy.there}/a?x=1"}


NAMES = st.sampled_from([b"Connection", b"TE", b"Host", b"X-A", b"x-b", b"Upgrade", b"Date"])
PAIRS = st.lists(st.tuples(NAMES, st.sampled_from([b"close", b"x-a, X-B", b"host", b"1"])))


@given(PAIRS)
def test_what_connection_names_stays_behind_and_the_rest_keeps_its_order(
    pairs: list[tuple[bytes, bytes]],
) -> None:
    named = {b"connection", b"te", b"upgrade"}
    for name, value in pairs:
        if name == b"Connection":
            named |= {token.strip().lower() for token in value.split(b",")} - {b"host"}
    assert hops.end_to_end(pairs) == [pair for pair in pairs if pair[0].lower() not in named]
