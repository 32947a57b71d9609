"""Faults of deeds in ngrok's lists, readings and deletions: the docstring tells what breaks."""

from __future__ import annotations

from benchmarks.mutation.mutant import Mutant, deed
from benchmarks.mutation.ngrok import Item, Ngrok
from benchmarks.mutation.serving import Answer, Call


class DeletesNothing(Ngrok):
    """What was deleted is gone."""

    def delete(self, kind: str, item_id: str) -> Answer:
        del kind, item_id
        return Answer(204)


class DeletesFromReadingOnly(Ngrok):
    """What was deleted is not listed."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: set[str] = set()

    def route(self, call: Call) -> Answer:
        return self.not_found() if call.segments[-1] in self.hidden else super().route(call)

    def delete(self, kind: str, item_id: str) -> Answer:
        del kind
        self.hidden.add(item_id)
        return Answer(204)


class DeletesTheNeighbourToo(Ngrok):
    """Deleting one leaves the others."""

    def delete(self, kind: str, item_id: str) -> Answer:
        others = [key for key in self.items[kind] if key != item_id]
        if others:
            del self.items[kind][others[0]]
        return super().delete(kind, item_id)


class DeletesTwice(Ngrok):
    """Deleting what is gone finds nothing."""

    def route(self, call: Call) -> Answer:
        answer = super().route(call)
        gone = call.method == "DELETE" and answer.status == 404
        return Answer(204) if gone else answer


class PageTooLong(Ngrok):
    """A page holds at most `limit` entries."""

    def list(self, call: Call, kind: str) -> Answer:
        asked = call.last("limit")
        query = tuple((n, v) for n, v in call.query if n != "limit")
        if asked and int(asked) < 100:
            query += (("limit", str(int(asked) + 1)),)
        return super().list(_with_query(call, query), kind)


class LimitIgnored(Ngrok):
    """`limit` bounds a page."""

    def list(self, call: Call, kind: str) -> Answer:
        return super().list(
            _with_query(call, tuple((n, v) for n, v in call.query if n != "limit")), kind
        )


class CursorInclusive(Ngrok):
    """The next page begins after the last entry of the one before."""

    def after(self, items: list[Item], before_id: str) -> list[Item]:
        ids = [item["id"] for item in items]
        return items[ids.index(before_id) :] if before_id in ids else items


class CursorSkipsOne(Ngrok):
    """No entry is lost between two pages."""

    def after(self, items: list[Item], before_id: str) -> list[Item]:
        ids = [item["id"] for item in items]
        return items[ids.index(before_id) + 2 :] if before_id in ids else items


class CursorIgnored(Ngrok):
    """`before_id` moves on."""

    def after(self, items: list[Item], before_id: str) -> list[Item]:
        del before_id
        return items


class NextForgotten(Ngrok):
    """`next_page_uri` is null on the last page only."""

    def next_page(self, *args: object) -> str | None:
        del args
        return None


class NextAlways(Ngrok):
    """`next_page_uri` is null on the last page."""

    def next_page(
        self, call: Call, kind: str, page: list[Item], items: list[Item], limit: int
    ) -> str | None:
        del items
        last = page[-1]["id"] if page else ""
        return f"{self.address(call, kind)}?before_id={last}&limit={limit}"


class NextAtExactFit(Ngrok):
    """`next_page_uri` is null on a last page that is full."""

    def next_page(
        self, call: Call, kind: str, page: list[Item], items: list[Item], limit: int
    ) -> str | None:
        if len(items) == limit:
            return f"{self.address(call, kind)}?before_id={page[-1]['id']}&limit={limit}"
        return super().next_page(call, kind, page, items, limit)


class OldestFirst(Ngrok):
    """Lists are in order, newest first."""

    def ordered(self, kind: str) -> list[Item]:
        return super().ordered(kind)[::-1]


class OtherSession(Ngrok):
    """Reading an id shows what has this id."""

    def get(self, call: Call, item_id: str) -> Answer:
        items = self.items[call.segments[1]]
        ids = list(items)
        other = ids[(ids.index(item_id) + 1) % len(ids)]
        return Answer(200, self.shown(call, items[other]))


class UriOfAnother(Ngrok):
    """A session's uri leads to itself."""

    def shown(self, call: Call, item: Item) -> Item:
        other = next(iter(self.items["sessions"]))
        shown = super().shown(call, item)
        return {**shown, "uri": f"{self.address(call, 'sessions')}/{other}"}


class SingleDiffers(Ngrok):
    """List and single view show the same."""

    def get(self, call: Call, item_id: str) -> Answer:
        answer = super().get(call, item_id)
        if "public_url" in answer.body:
            answer.body = {**answer.body, "public_url": "https://other.example.com"}
        return answer


class UserUnknown(Ngrok):
    """References lead to what is there."""

    def shown(self, call: Call, item: Item) -> Item:
        shown = super().shown(call, item)
        if shown.get("application_user"):
            shown["application_user"]["id"] = "au_" + "0" * 27
        return shown


class TimesBackwards(Ngrok):
    """A session is created before it is last active."""

    def shown(self, call: Call, item: Item) -> Item:
        shown = super().shown(call, item)
        if "expires_at" in shown:
            shown["created_at"], shown["expires_at"] = shown["expires_at"], shown["created_at"]
        return shown


class ReadingDeletes(Ngrok):
    """Reading changes nothing."""

    def list(self, call: Call, kind: str) -> Answer:
        answer = super().list(call, kind)
        if kind == "sessions" and self.served % 5 == 0 and self.items[kind]:
            self.items[kind].pop(next(iter(self.items[kind])))
        return answer


def _with_query(call: Call, query: tuple[tuple[str, str], ...]) -> Call:
    return Call(call.method, call.segments, query, call.headers, call.body, call.host)


_CLASSES: tuple[type[Ngrok], ...] = (
    DeletesNothing,
    DeletesFromReadingOnly,
    DeletesTheNeighbourToo,
    DeletesTwice,
    PageTooLong,
    LimitIgnored,
    CursorInclusive,
    CursorSkipsOne,
    CursorIgnored,
    NextForgotten,
    NextAlways,
    NextAtExactFit,
    OldestFirst,
    OtherSession,
    UriOfAnother,
    SingleDiffers,
    UserUnknown,
    TimesBackwards,
    ReadingDeletes,
)

MUTANTS: tuple[Mutant, ...] = tuple(deed(app) for app in _CLASSES)
