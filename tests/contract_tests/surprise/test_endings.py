"""Work that ends in another way, or later; words that are others of those listed."""

import pytest

from contract_tests.surprise.bending import bent, possible
from contract_tests.surprise.book import book
from contract_tests.surprise.kind import Scene
from contract_tests.surprise.surprise import Surprise

_PING = "get_ping_result"


def test_every_documented_end_is_given():
    scene = _ping("stable_connection")
    places = [place for kind, place in possible(scene) if kind == "ending"]
    ends = {_bent(scene, "ending", place)["action"] for place in places}
    assert ends == {"stable_connection", "intermittent_connection", "no_internet", "ping_failed"}


def test_work_that_goes_on_is_let_go_on():
    scene = _ping("pending")
    for kind, place in possible(scene):
        if kind == "ending":
            assert _bent(scene, kind, place)["action"] == "pending"


def test_what_has_ended_goes_on_for_longer():
    assert _bent(_ping("no_internet"), "late", "")["action"] == "pending"


def test_where_results_are_missing_until_then_they_are_missing():
    known = book("thousandeyes")
    scene = Scene(known, "get_network_metrics", known.plain("get_network_metrics", 200))
    assert "metrics" in scene.plain.json()["net"]
    answer, done = bent(scene, [Surprise("thousandeyes", scene.operation_id, "late")])
    assert done
    assert "metrics" not in answer.json()["net"]


@pytest.mark.parametrize("vendor", ["pingplotter", "thousandeyes"])
def test_a_listed_word_becomes_another_one_that_is_listed(vendor):
    known, seen = book(vendor), 0
    for operation in known.operations:
        plain = known.plain(operation, known.statuses(operation)[0])
        scene = Scene(known, operation, plain)
        for kind, place in possible(scene):
            if kind == "word_other":
                answer, done = bent(scene, [Surprise(vendor, operation, kind, place)])
                seen += bool(done) and answer.json() != plain.json()
    assert seen


def _ping(state):
    known = book("wisphub")
    return Scene(known, _PING, known.telling(_PING, "/action", state))


def _bent(scene, kind, place):
    answer, _ = bent(scene, [Surprise("wisphub", _PING, kind, place)])
    return answer.json()
