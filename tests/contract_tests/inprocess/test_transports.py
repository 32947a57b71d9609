"""The same client code over a port and within the process: the same comes of both."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest
import requests

from contract_tests.inprocess import serve
from contract_tests.inprocess.api import Api
from contract_tests.inprocess.house import House
from contract_tests.inprocess.tenant import Tenant

BIG = bytes(range(256)) * 20_000  # 5 MB
Call = Callable[[str], Any]


async def strange(scope: Any, receive: Any, send: Any) -> None:
    """Serve what a stand-in has no reason to: redirects, cookies, slow and big bodies."""
    path, body = scope["path"].rpartition("/")[2], b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = dict(scope["headers"])
    answers: dict[str, tuple[int, list[tuple[bytes, bytes]], list[bytes]]] = {
        "away": (302, [(b"location", b"there?x=1")], [b""]),
        "there": (200, [], [scope["query_string"]]),
        "cookie": (200, [(b"set-cookie", b"a=1; Path=/")], [headers.get(b"cookie", b"none")]),
        "big": (200, [], [BIG]),
        "chunks": (200, [], [b"one", b"two", b"three"]),
        "echo": (200, [], [hashlib.sha256(body).hexdigest().encode()]),
        "gone": (410, [(b"x-why", b"\xe9")], [b"gone"]),
        "none": (204, [], []),
    }
    if path == "never":
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    status, more, parts = answers[path]
    await send({"type": "http.response.start", "status": status, "headers": more})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House(("ngrok",)).open() as found:
        yield found


@pytest.fixture
def api(house: House) -> Iterator[Api]:
    tenant = Tenant(house, "stranger")
    tenant.room.app = strange
    yield tenant.at("ngrok")
    tenant.leave()


def of_requests(session: requests.Session, job: str, url: str) -> Any:
    with session:
        return JOBS_OF_REQUESTS[job](session, url)


def of_httpx(client: httpx.Client, job: str, url: str) -> Any:
    with client:
        return JOBS_OF_HTTPX[job](client, url)


def of_async(client: httpx.AsyncClient, job: str, url: str) -> Any:
    async def scene() -> Any:
        async with client:
            return await JOBS_OF_ASYNC[job](client, url)

    return asyncio.run(scene())


def shown(answer: Any) -> tuple[Any, ...]:
    digest = hashlib.sha256(answer.content).hexdigest()
    kept = {k.lower(): v for k, v in answer.headers.items() if k.lower() != "date"}
    return (
        answer.status_code,
        kept,
        digest,
        sorted(answer.cookies.items()),
        "date" in answer.headers,
    )


def said(call: Callable[[], Any]) -> str:
    try:
        call()
    except Exception as error:  # noqa: BLE001  (whatever it is, both must raise it)
        return type(error).__name__
    return "nothing"


def twice(client: Any, url: str) -> Any:
    return shown(client.get(f"{url}/cookie")), client.get(f"{url}/cookie").content


def pieces_of_requests(session: requests.Session, url: str) -> Any:
    with session.get(f"{url}/chunks", stream=True) as answer:
        return b"".join(answer.iter_content(2))


def pieces_of_httpx(client: httpx.Client, url: str) -> Any:
    with client.stream("GET", f"{url}/chunks") as answer:
        return b"".join(answer.iter_bytes(2))


def _get(name: str, **options: Any) -> Callable[[Any, str], Any]:
    return lambda client, url: shown(client.get(f"{url}/{name}", **options))


PLAIN: dict[str, Callable[[Any, str], Any]] = {
    "cookies are kept": twice,
    "a big body comes whole": _get("big"),
    "a big body goes whole": lambda c, u: shown(c.post(f"{u}/echo", **_content(c))),
    "an error is an answer": _get("gone"),
    "no body is none": _get("none"),
    "a head has no body": lambda c, u: shown(c.head(f"{u}/big")),
    "silence times out": lambda c, u: said(partial(c.get, f"{u}/never", timeout=0.2)),
}
JOBS_OF_REQUESTS = PLAIN | {
    "redirects are followed": _get("away"),
    "a body streams": pieces_of_requests,
}
JOBS_OF_HTTPX = PLAIN | {
    "redirects are followed": _get("away", follow_redirects=True),
    "a body streams": pieces_of_httpx,
}


def _content(client: Any) -> dict[str, Any]:
    return {"data": BIG} if isinstance(client, requests.Session) else {"content": BIG}


async def async_twice(client: httpx.AsyncClient, url: str) -> Any:
    return shown(await client.get(f"{url}/cookie")), (await client.get(f"{url}/cookie")).content


async def async_stream(client: httpx.AsyncClient, url: str) -> Any:
    async with client.stream("GET", f"{url}/chunks") as answer:
        return b"".join([part async for part in answer.aiter_bytes(2)])


async def async_silence(client: httpx.AsyncClient, url: str) -> str:
    try:
        await client.get(f"{url}/never", timeout=0.2)
    except httpx.HTTPError as error:
        return type(error).__name__
    return "nothing"


def _aget(name: str, **options: Any) -> Callable[[httpx.AsyncClient, str], Any]:
    async def got(client: httpx.AsyncClient, url: str) -> Any:
        return shown(await client.get(f"{url}/{name}", **options))

    return got


async def async_post(client: httpx.AsyncClient, url: str) -> Any:
    return shown(await client.post(f"{url}/echo", content=BIG))


async def async_head(client: httpx.AsyncClient, url: str) -> Any:
    return shown(await client.head(f"{url}/big"))


JOBS_OF_ASYNC: dict[str, Callable[[httpx.AsyncClient, str], Any]] = {
    "cookies are kept": async_twice,
    "a big body comes whole": _aget("big"),
    "a big body goes whole": async_post,
    "an error is an answer": _aget("gone"),
    "no body is none": _aget("none"),
    "a head has no body": async_head,
    "silence times out": async_silence,
    "redirects are followed": _aget("away", follow_redirects=True),
    "a body streams": async_stream,
}


@pytest.mark.parametrize("job", JOBS_OF_REQUESTS)
def test_requests_behaves_as_over_a_port(api: Api, job: str) -> None:
    over_port = of_requests(requests.Session(), job, api.url)
    assert of_requests(api.session(), job, api.local_url) == over_port


@pytest.mark.parametrize("job", JOBS_OF_HTTPX)
def test_httpx_behaves_as_over_a_port(api: Api, job: str) -> None:
    over_port = of_httpx(httpx.Client(), job, api.url)
    within = of_httpx(httpx.Client(transport=api.httpx_transport()), job, api.local_url)
    assert within == over_port


@pytest.mark.parametrize("job", JOBS_OF_ASYNC)
def test_async_httpx_behaves_as_over_a_port(api: Api, job: str) -> None:
    over_port = of_async(httpx.AsyncClient(), job, api.url)
    within = of_async(httpx.AsyncClient(transport=api.httpx_transport()), job, api.local_url)
    assert within == over_port


@pytest.mark.parametrize("host", ["https://api.ngrok.com", "http://ngrok.localhost"])
def test_the_vendors_own_host_means_the_vendor(host: str) -> None:
    with serve("ngrok") as api, api.session() as session:
        answer = session.get(
            f"{host}/app/sessions", headers={**api.headers(), "Ngrok-Version": "2"}
        )
    assert answer.json()["uri"] == f"{host}/app/sessions"


def test_other_hosts_are_refused_and_the_reason_is_said(api: Api) -> None:
    with api.session() as session, pytest.raises(requests.ConnectionError, match="leaves it"):
        session.get("http://example.com/")
    transport = api.httpx_transport()
    with (
        httpx.Client(transport=transport) as client,
        pytest.raises(httpx.ConnectError, match="leaves it"),
    ):
        client.get("http://example.com/")


def test_what_the_client_sees_of_its_request_is_what_it_sent(api: Api) -> None:
    with api.session() as session:
        assert "x-contract-tests-caller" not in session.get(f"{api.local_url}/big").request.headers
    with httpx.Client(transport=api.httpx_transport()) as client:
        assert "x-contract-tests-caller" not in client.get(f"{api.local_url}/big").request.headers


def test_a_block_of_its_own_hears_what_was_asked() -> None:
    with serve("wisphub") as api:
        with api.session() as session:
            session.get(f"{api.local_url()}/tasks/none/", headers=api.headers())
        assert [one.vendor for one in api.requests] == ["wisphub"]
