"""Fields with known values, whole updates and lists with a bound alone, by inferred roles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from bookshop import CONTRACT, Bookshop, Record
from inspected import answer, world

from contract_tests.foreign import load
from contract_tests.roles.infer import infer
from contract_tests.run.inspection import Outcome, inspect, plan
from contract_tests.wire.exchange import Request, Response

_FIELDS: Record = {
    "done": {"type": "boolean"},
    "stars": {"type": "integer", "minimum": 1, "maximum": 5},
    "price": {"type": "number"},
}


class Lending(Bookshop):
    """Keeps what else is told of a thing, and is changed as a whole."""

    plain: ClassVar[Record] = {"done": False, "stars": 3, "price": 1.5}

    def __call__(self, request: Request) -> Response:
        self.said = _body(request)
        is_put = request.method == "PUT"
        if is_put and not {"name", "genre"} <= set(self.said):
            return answer({"error": "no"}, 400)
        return super().__call__(Request("PATCH", *_rest(request)) if is_put else request)

    def make(self, place: tuple[str, ...], given: Record) -> Record:
        said = getattr(self, "said", {})
        return super().make(place, {**given, **self.plain, **self.kept(said)})

    def change(self, place: tuple[str, ...], id_: str, given: Record) -> None:
        super().change(place, id_, {**given, **self.changed(self.said)})
        self.clock += 1
        now = f"2026-01-01T01:{self.clock // 60 % 60:02}:{self.clock % 60:02}Z"
        self.things[place][id_]["updated_at"] = now

    def kept(self, said: Record) -> Record:
        return {name: said[name] for name in self.plain if name in said}

    def changed(self, said: Record) -> Record:
        return self.kept(said)


class LosesNew(Lending):
    def kept(self, said: Record) -> Record:
        return {**super().kept(said), "done": False}

    def changed(self, said: Record) -> Record:
        return super().kept(said)


class LosesChanges(Lending):
    def changed(self, said: Record) -> Record:
        return {name: value for name, value in self.kept(said).items() if name != "done"}


class ResetsThePrice(Lending):
    def changed(self, said: Record) -> Record:
        return {**self.kept(said), "price": 0.0}


class RefusesOptions(Lending):
    """Lets nobody set what is optional: that may be so."""

    def __call__(self, request: Request) -> Response:
        said = _body(request)
        if any(said.get(n, value) != value for n, value in self.plain.items()):
            return answer({"error": "no"}, 400)
        return super().__call__(request)


def _body(request: Request) -> Record:
    try:
        said = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _rest(request: Request) -> tuple[Any, ...]:
    return request.target, request.headers, request.body


def _contract(folder: Path, method: str) -> Any:
    document = json.loads(json.dumps(CONTRACT))
    schemas = document["components"]["schemas"]
    for name in ("Shelf", "ShelfInput", "Change"):
        schemas[name]["properties"].update(_FIELDS)
    one = document["paths"]["/shelves/{ShelfId}"]
    one[method] = one.pop("patch")
    # Which ones are asked for is not what these tests are about.
    document["paths"] = {p: v for p, v in document["paths"].items() if "books" not in p}
    path = folder / "api.json"
    path.write_text(json.dumps(document))
    return load(path)


def _run(contract: Any, server: Any) -> Outcome:
    subject = world(contract, infer(contract), server)
    rules = ("created_is_readable", "update_is_visible", "pages_are_complete", "deleted_is_gone")
    steps = [s for s in plan(subject) if s.rule.name in rules or "filter" in s.rule.name]
    return inspect(subject, steps)


@pytest.mark.parametrize("method", ["patch", "put"])
@pytest.mark.parametrize("server", [Lending, RefusesOptions])
def test_a_server_that_keeps_what_is_optional_is_not_accused(
    tmp_path: Path, server: type[Lending], method: str
) -> None:
    contract = _contract(tmp_path, method)
    update = infer(contract).resource("shelf").update
    assert update
    assert set(update.options) == {"#/genre", "#/done", "#/stars"}
    assert update.kept == (("#/price",) if method == "put" else ())
    outcome = _run(contract, server(2, 0))
    assert outcome.findings == []
    assert "update_is_visible: shelf" in outcome.tried


@pytest.mark.parametrize("server", [LosesNew, LosesChanges, ResetsThePrice])
def test_one_that_loses_it_is(tmp_path: Path, server: type[Lending]) -> None:
    assert _run(_contract(tmp_path, "put"), server(2, 0)).findings != []


@pytest.mark.parametrize("name", ["done_at", "done_by"])
def test_what_another_field_goes_with_is_not_varied_by_an_update(
    tmp_path: Path, name: str
) -> None:
    contract = _contract(tmp_path, "put")
    document = json.loads((tmp_path / "api.json").read_text())
    document["components"]["schemas"]["Shelf"]["properties"][name] = {"type": "string"}
    (tmp_path / "api.json").write_text(json.dumps(document))
    contract = load(tmp_path / "api.json")
    update = infer(contract).resource("shelf").update
    assert update
    assert "#/done" not in update.options


class Bounded(Bookshop):
    """Answers a bare list of so many as are asked for, and no way to others."""

    def listed(self, place: tuple[str, ...], query: Record) -> Response:
        page = super().listed(place, {k: v for k, v in query.items() if k != "offset"})
        return answer(page.json()["data"]) if page.ok else page


class Unbounded(Bounded):
    def listed(self, place: tuple[str, ...], query: Record) -> Response:
        return super().listed(place, {**query, "limit": 50})


class Undead(Bounded):
    def delete(self, place: tuple[str, ...], id_: str) -> Response:  # noqa: ARG002
        return answer(None, 204)


def _bare(folder: Path, **bounds: int) -> Any:
    document = json.loads(json.dumps(CONTRACT))
    for path in ("/shelves", "/shelves/{ShelfId}/books"):
        listing = document["paths"][path]["get"]
        kept = [p for p in listing["parameters"] if p["name"] not in {"offset", "limit"}]
        limit = {"name": "limit", "in": "query", "schema": {"type": "integer", **bounds}}
        listing["parameters"] = [*kept, limit]
        media = listing["responses"]["200"]["content"]["application/json"]
        media["schema"] = media["schema"]["properties"]["data"]
    path_ = folder / "api.json"
    path_.write_text(json.dumps(document))
    return load(path_)


@pytest.mark.parametrize("books", [0, 3, 49, 50, 51, 70])
@pytest.mark.parametrize("bounds", [{"maximum": 50}, {"default": 20}, {}])
def test_a_list_with_a_bound_alone_is_never_said_to_lack_some(
    tmp_path: Path, books: int, bounds: Record
) -> None:
    contract = _bare(tmp_path, **bounds)
    listing = infer(contract).resource("book").list
    assert listing
    assert listing.pages
    assert not listing.pages.leads_on
    subject = world(contract, infer(contract), Bounded(1, books))
    assert inspect(subject, plan(subject)).findings == []


@pytest.mark.parametrize("server", [Unbounded, Undead])
def test_a_fault_of_a_list_with_a_bound_alone_is_found(
    tmp_path: Path, server: type[Bounded]
) -> None:
    assert _run(_bare(tmp_path, maximum=50), server(4, 3)).findings != []


def test_a_deletion_that_does_nothing_is_one_fault(tmp_path: Path) -> None:
    class Keeps(Lending):
        def delete(self, place: tuple[str, ...], id_: str) -> Response:  # noqa: ARG002
            return answer(None, 204)

    outcome = _run(_contract(tmp_path, "put"), Keeps(2, 0))
    assert len(outcome.findings) > 1
    assert [cause.findings[0].rule for cause in outcome.causes] == ["deleted_is_gone"]
