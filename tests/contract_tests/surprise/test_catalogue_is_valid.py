"""Everything that the catalogue does to an answer leaves it valid, at every vendor."""

import json

import pytest

import specs
from contract_tests.surprise.bending import bent, possible
from contract_tests.surprise.book import book
from contract_tests.surprise.failures import BEFORE_THE_DEED
from contract_tests.surprise.fields import at
from contract_tests.surprise.kind import Scene
from contract_tests.surprise.kinds import BY_NAME, KINDS
from contract_tests.surprise.surprise import Surprise

# They need a request, a value, or a contract with a 503.
_ON_THEIR_OWN = frozenset({"gzip", "value", "unavailable_once"})


@pytest.mark.parametrize("vendor", specs.vendors())
def test_all_that_is_done_to_answers_is_valid(vendor):
    known = book(vendor)
    for scene in _scenes(known):
        for kind, place in possible(scene):
            surprise = Surprise(vendor, scene.operation_id, kind, place)
            answer, _ = bent(scene, [surprise])
            assert known.wrong(scene.operation_id, answer) == (), surprise.id


@pytest.mark.parametrize("kind", [k.name for k in KINDS if k.name not in _ON_THEIR_OWN])
def test_every_kind_is_of_use_somewhere(kind):
    assert any(_is_done(vendor, kind) for vendor in specs.vendors())


@pytest.mark.parametrize("vendor", specs.vendors())
def test_every_documented_error_can_be_given(vendor):
    known = book(vendor)
    for operation in known.operations:
        for code in known.statuses(operation):
            made = known.plain(operation, code)
            assert made is not None, (operation, code)
            assert made.status == code


def test_what_is_not_valid_is_not_done():
    known = book("ngrok")
    plain = known.plain("list_application_sessions", 200)
    scene = Scene(known, "list_application_sessions", plain)
    place = "/application_sessions/*/id"
    made, done = bent(scene, [Surprise("ngrok", scene.operation_id, "null", place)])
    assert made == plain
    assert done == ()


def test_of_several_only_what_is_not_valid_is_left_out():
    known = book("ngrok")
    scene = Scene(
        known, "list_application_sessions", known.plain("list_application_sessions", 200)
    )
    place = "/application_sessions/*/browser_session/location"
    several = [
        Surprise("ngrok", scene.operation_id, "null", place),
        Surprise("ngrok", scene.operation_id, "null", "/application_sessions/*/created_at"),
    ]
    made, done = bent(scene, several)
    assert done == (several[0],)
    assert list(at(made.json(), place)) == [None] * len(made.json()["application_sessions"])


def test_what_the_client_gave_comes_back_as_it_is():
    known = book("pingplotter")
    plain = known.plain("get_agent", 200)
    name = plain.json()["Name"]
    scene = Scene(known, "get_agent", plain, own=frozenset({name}))
    made, _ = bent(scene, [Surprise("pingplotter", "get_agent", "text_rtl", "/Name")])
    assert made.json()["Name"] == name


def test_json_is_written_in_another_way_and_says_the_same():
    known = book("ngrok")
    plain = known.plain("list_application_sessions", 200)
    scene = Scene(known, "list_application_sessions", plain)
    for kind in ("fields_backwards", "json_spread", "json_escaped"):
        made, _ = bent(scene, [Surprise("ngrok", scene.operation_id, kind)])
        assert made.body != plain.body
        assert made.json() == json.loads(plain.body)


def _scenes(known):
    for operation in known.operations:
        for code in known.statuses(operation):
            if code < 300:
                yield Scene(known, operation, known.plain(operation, code))


def _is_done(vendor, kind):
    known = book(vendor)
    for scene in _scenes(known):
        for place in BY_NAME[kind].places(scene):
            surprise = Surprise(vendor, scene.operation_id, kind, place)
            answer, done = bent(scene, [surprise])
            if done and (answer != scene.plain or kind in BEFORE_THE_DEED):
                return True
    return False
