"""Pages: the rules never accuse the reference server, and always one that pages wrongly."""

# Servers with a fault keep the signatures of the correct one.
# ruff: noqa: ARG002

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_rig import judged, world_of

from benchmarks.mutation.ngrok import Ngrok
from contract_tests.checks import next_page_follows, order_is_kept, pages_are_complete

Item = dict[str, Any]
RULES = (pages_are_complete.RULE, next_page_follows.RULE, order_is_kept.RULE)
ODD = st.text(st.characters(codec="utf-8", exclude_characters="/?"), min_size=1, max_size=9)


class OddIds(Ngrok):
    """Sessions whose ids need percent-encoding."""

    def __init__(self, names: list[str]) -> None:
        self.names = iter(names)
        super().__init__(len(names))

    def new_session(self, number: int) -> Item:
        return {**super().new_session(number), "id": f"as_{next(self.names)}"}

    def next_page(self, call: Any, kind: str, page: Any, items: Any, limit: int) -> str | None:
        if len(items) <= limit:
            return None
        return f"{self.address(call, kind)}?before_id={quote(page[-1]['id'], '')}&limit={limit}"


@given(names=st.lists(ODD.filter(str.strip), max_size=12, unique=True))
@settings(max_examples=40, deadline=None)
def test_a_correct_list_of_any_size_with_odd_ids_is_never_accused(names: list[str]) -> None:
    for rule in RULES:
        assert judged(rule, "ngrok", OddIds(names))[0] == []


@pytest.mark.parametrize("count", [99, 100, 101, 230])
def test_a_long_correct_list_is_not_accused_and_costs_few_requests(count: int) -> None:
    app = Ngrok(count)
    assert [found for rule in RULES for found in judged(rule, "ngrok", app)[0]] == []
    assert app.served <= 90


class Bounded(Ngrok):
    def list(self, call: Any, kind: str) -> Any:
        more = tuple((n, str(int(v) + 1)) if n == "limit" else (n, v) for n, v in call.query)
        return super().list(_asked(call, more), kind)


class Inclusive(Ngrok):
    def after(self, items: Any, before_id: str) -> Any:
        ids = [item["id"] for item in items]
        return items[ids.index(before_id) :] if before_id in ids else items


class SkipsOne(Ngrok):
    def after(self, items: Any, before_id: str) -> Any:
        return super().after(items, before_id)[1:] if before_id else items


class LastPageShort(Ngrok):
    def list(self, call: Any, kind: str) -> Any:
        answer = super().list(call, kind)
        name = next(iter(answer.body))
        if call.last("before_id") and answer.body["next_page_uri"] is None:
            answer.body[name] = answer.body[name][:-1]
        return answer


class EndsInNothing(Ngrok):
    def next_page(self, call: Any, kind: str, page: Any, items: Any, limit: int) -> str | None:
        less = limit - 1 if len(items) == limit else limit
        return super().next_page(call, kind, page, items, less)


class StopsEarly(Ngrok):
    def next_page(self, call: Any, kind: str, page: Any, items: Any, limit: int) -> str | None:
        found = super().next_page(call, kind, page, items, limit)
        return None if call.last("before_id") else found


class Endless(Ngrok):
    def next_page(self, call: Any, kind: str, page: Any, items: Any, limit: int) -> str | None:
        return super().next_page(call, kind, page or items, [*items, *([0] * limit)], limit)


class ForgetsSize(Ngrok):
    def next_page(self, *given: Any) -> str | None:
        found = super().next_page(*given)
        return found and found.partition("&limit")[0]


class OtherHost(Ngrok):
    def next_page(self, *given: Any) -> str | None:
        found = super().next_page(*given)
        return found and found.replace("127.0.0.1:1", "elsewhere.example")


class OtherPath(Ngrok):
    def next_page(self, *given: Any) -> str | None:
        found = super().next_page(*given)
        return found and found.replace("/app/", "/app/old/")


class NoCursor(Ngrok):
    def after(self, items: Any, before_id: str) -> Any:
        return items


class Repeats(Ngrok):
    """The second page begins with the last of the first, at one size only."""

    def after(self, items: Any, before_id: str) -> Any:
        rest = super().after(items, before_id)
        start = len(items) - len(rest)
        return items[start - 1 :] if start == 3 else rest


class SmallDefault(Ngrok):
    def list(self, call: Any, kind: str) -> Any:
        answer = super().list(call, kind)
        name = next(iter(answer.body))
        if call.last("limit") is None:
            answer.body[name] = answer.body[name][:5]
        return answer


class OldestFirst(Ngrok):
    def ordered(self, kind: str) -> Any:
        return super().ordered(kind)[::-1]


class TwoSwapped(Ngrok):
    def ordered(self, kind: str) -> Any:
        *items, one, two = super().ordered(kind)
        return [*items, two, one]


class Unstable(Ngrok):
    def ordered(self, kind: str) -> Any:
        items = super().ordered(kind)
        return items[::-1] if self.served % 2 else items


class EmptyInTheMiddle(Ngrok):
    def list(self, call: Any, kind: str) -> Any:
        answer = super().list(call, kind)
        if 3 <= len(self.after(self.ordered(kind), call.last("before_id") or "")) <= 5:
            answer.body[next(iter(answer.body))] = []
        return answer


def _asked(call: Any, query: Any) -> Any:
    return replace(call, query=query)


BROKEN = [
    (pages_are_complete, Bounded),
    (pages_are_complete, Inclusive),
    (pages_are_complete, SkipsOne),
    (pages_are_complete, LastPageShort),
    (pages_are_complete, EndsInNothing),
    (pages_are_complete, StopsEarly),
    (pages_are_complete, Endless),
    (pages_are_complete, ForgetsSize),
    (pages_are_complete, NoCursor),
    (pages_are_complete, Repeats),
    (pages_are_complete, SmallDefault),
    (pages_are_complete, Unstable),
    (pages_are_complete, EmptyInTheMiddle),
    (next_page_follows, OtherHost),
    (next_page_follows, OtherPath),
    (next_page_follows, Inclusive),
    (next_page_follows, SkipsOne),
    (next_page_follows, NoCursor),
    (order_is_kept, OldestFirst),
    (order_is_kept, TwoSwapped),
]


@pytest.mark.parametrize(("module", "broken"), BROKEN, ids=lambda it: it.__name__.split(".")[-1])
@pytest.mark.parametrize("count", [7, 9, 31])
def test_a_server_that_pages_wrongly_is_always_found(
    module: Any, broken: type[Ngrok], count: int
) -> None:
    found, _ = judged(module.RULE, "ngrok", broken(count))
    assert {finding.rule for finding in found} == {module.NAME}


def test_the_address_of_the_next_page_is_followed_as_it_stands() -> None:
    app = Ngrok(3)
    world = world_of("ngrok", app)
    name, shelf = pages_are_complete.RULE.subjects(world)[0]  # type: ignore[index]
    shelf.follow("https://api.ngrok.com/app/sessions?before_id=x%2Fy&unheard=1")
    assert world.wire.sent[-1].target == "/app/sessions?before_id=x%2Fy&unheard=1"  # type: ignore[attr-defined]
    assert name == "session"
