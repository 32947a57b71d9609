"""What a run may do at an address, known before anything is sent; and 429 on the way."""

from __future__ import annotations

from typing import Any

import pytest
from inspected import answer, world

from contract_tests.roles.model import Roles
from contract_tests.run import preflight
from contract_tests.run.options import Options
from contract_tests.run.server import CouldNotRun, Prepared, prepared
from contract_tests.wire.exchange import Request, Response
from contract_tests.wire.limits import Allowance, Limits, OutOfLimits
from contract_tests.world.world import NotTried

CONTRACT: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "http://h"}],
    "paths": {"/x": {"get": {"operationId": "read", "summary": "", "responses": {}}}},
}


def ready(*addresses: str, **options: Any) -> Prepared:
    def resolver(host: str, port: int) -> list[str]:
        return list(addresses)

    environment = {"NGROK_API_KEY": "a key of somebody"}
    return prepared(
        Options(url="https://api.example.com", vendor="ngrok", **options), environment, resolver
    )


def test_a_name_that_leads_here_is_ones_own_server() -> None:
    run = ready("127.0.0.1")
    assert run.world.permits.existing
    assert run.phases == ("examples", "coverage", "fuzzing", "stateful")


def test_a_name_that_leads_elsewhere_is_only_read() -> None:
    run = ready("192.0.2.1")
    assert not run.world.permits.writing
    assert run.phases == ()
    assert run.world.wire.allowance.limits.max_requests == 200


def test_a_run_of_some_rules_is_not_whole() -> None:
    assert ready("127.0.0.1").is_whole
    assert not ready("127.0.0.1", rules=("ids_agree",)).is_whole
    assert not ready("127.0.0.1", skip=("fuzzing",)).is_whole


def test_what_to_clean_up_after_is_named_without_a_secret() -> None:
    run = ready("127.0.0.1")
    assert (run.aim.url, run.aim.contract) == ("https://api.example.com", "ngrok")
    assert "a key of somebody" not in repr(run.aim)


def test_an_unknown_rule_names_those_that_there_are() -> None:
    with pytest.raises(CouldNotRun, match=r"no rule named 'x': there are .*ids_agree"):
        ready("127.0.0.1", rules=("x",))


def test_a_refusal_for_too_many_requests_is_waited_for_and_asked_again() -> None:
    answers = [answer({}, 429, Retry_After="0"), answer({}, 429, Retry_After="0"), answer({})]

    def server(request: Request) -> Response:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    here = world(CONTRACT, Roles(), server)
    assert here.call("read").status == 200
    assert here.wire.allowance.sent == 3


def test_a_rule_about_limits_sees_the_refusal_itself() -> None:
    here = world(CONTRACT, Roles(), lambda _: answer({}, 429, Retry_After="0"))
    assert here.send_once(Request("GET", "/x")).status == 429
    assert here.wire.allowance.sent == 1


def test_one_that_always_refuses_is_not_asked_for_ever() -> None:
    here = world(CONTRACT, Roles(), lambda _: answer({}, 429, Retry_After="0"))
    with pytest.raises(NotTried, match="429"):
        here.call("read")
    assert here.wire.allowance.sent == 4


def test_a_server_that_wants_us_to_wait_for_too_long_could_not_be_asked() -> None:
    here = world(CONTRACT, Roles(), lambda _: answer({}, 429, Retry_After="3600"))
    here.wire.allowance = Allowance(Limits(time_limit_s=60))
    with pytest.raises(OutOfLimits, match="--time-limit"):
        preflight.look(here, [])


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, r"refused with 401.*\$KEY"),
        (404, "nothing of the contract"),
        (0, "cannot be reached"),
    ],
)
def test_a_server_that_cannot_be_held_to_the_contract_is_said_so(
    status: int, message: str
) -> None:
    here = world(CONTRACT, Roles(), lambda _: answer({}, status) if status else None)  # type: ignore[arg-type,return-value]
    with pytest.raises(preflight.NotThere, match=message):
        preflight.look(here, ["KEY"])


@pytest.mark.parametrize("status", [200, 400, 418, 500])
def test_any_other_answer_is_promising(status: int) -> None:
    preflight.look(world(CONTRACT, Roles(), lambda _: answer({}, status)), [])
