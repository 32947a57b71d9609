"""Our own answers against the contract, errors included; and answers in one piece."""

import asyncio
from typing import Any

import pytest

from mockserver.asgi.transport import JoiningTransport
from mockserver.core.errors import Conflict, InsufficientStorage, NotFound

pytestmark = pytest.mark.anyio
SCHEMA = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
JSON = {"content": {"application/json": {"schema": SCHEMA}}}
ANSWERS = {"200": JSON, "404": JSON}


def heard(serve: Any, op: Any, *, responses: Any = None, **fields: Any) -> Any:
    """Return a function that answers with a value or an error, and returns the breaches."""

    async def answer_with(result: Any) -> list[str]:
        async def answer(backend: Any) -> Any:
            if isinstance(result, Exception):
                raise result
            return result

        toy = await serve(
            {"/a": {"get": op("answer", responses=responses or ANSWERS)}}, answer, **fields
        )
        await toy.get("/a")
        return list(toy.breaches)

    return answer_with


async def test_an_answer_that_fits_is_no_breach(serve: Any, op: Any) -> None:
    assert await heard(serve, op)({"id": 7}) == []


async def test_an_answer_that_does_not_fit_is_one(serve: Any, op: Any) -> None:
    assert await heard(serve, op)({"id": "7"}) == [
        'answer 200: answer id is invalid: expected integer, received "7"'
    ]


async def test_several_violations_are_one_sentence(serve: Any, op: Any) -> None:
    schema = {"type": "object", "required": ["a", "b", "c"]}
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    (sentence,) = await heard(serve, op, responses=responses)({})
    assert sentence == "answer 200: answer a is required: expected a value, and 2 more"


async def test_an_error_that_fits_is_no_breach(serve: Any, op: Any) -> None:
    ask = heard(serve, op, word_error=lambda error, _: {"id": error.status})
    assert await ask(NotFound()) == []


async def test_an_error_that_does_not_fit_is_one(serve: Any, op: Any) -> None:
    ask = heard(serve, op, word_error=lambda *_: {})
    assert await ask(NotFound()) == ["answer 404: answer id is required: expected a value"]


async def test_a_status_that_is_not_documented_is_a_breach(serve: Any, op: Any) -> None:
    ask = heard(serve, op)
    assert await ask(Conflict()) == ["answer 409: the contract knows no such status"]


async def test_but_not_what_any_server_may_answer(serve: Any, op: Any) -> None:
    assert await heard(serve, op)(InsufficientStorage()) == []


async def test_a_body_where_none_is_documented_is_a_breach(serve: Any, op: Any) -> None:
    ask = heard(serve, op, responses={"204": {"description": ""}})
    assert await ask(None) == []
    assert await ask({"id": 1}) == ["answer 204: the contract knows no body"]


class Wire(asyncio.Transport):
    """Keeps each write apart."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Bring nothing anyway."""

    def resume_reading(self) -> None:
        """Bring nothing still."""

    def abort(self) -> None:
        self.closed = True

    def set_protocol(self, protocol: Any) -> None:
        """Serve nobody."""


@pytest.fixture
async def wire() -> tuple[JoiningTransport, Wire]:
    wire = Wire()
    return JoiningTransport(wire, asyncio.get_running_loop()), wire


async def test_what_is_written_in_one_turn_is_sent_in_one_piece(wire: Any) -> None:
    joining, below = wire
    joining.write(b"head")
    joining.writelines([b"bo", bytearray(b"dy")])
    assert below.writes == []
    await asyncio.sleep(0)
    assert below.writes == [b"headbody"]


async def test_the_next_turn_is_another_piece(wire: Any) -> None:
    joining, below = wire
    for part in (b"one", b"two"):
        joining.write(part)
        await asyncio.sleep(0)
    assert below.writes == [b"one", b"two"]


async def test_closing_sends_what_was_written_and_nothing_twice(wire: Any) -> None:
    joining, below = wire
    joining.write(b"bye")
    joining.close()
    await asyncio.sleep(0)
    assert below.writes == [b"bye"]
    assert joining.is_closing()
