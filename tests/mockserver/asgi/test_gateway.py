"""The front door: which vendor is meant by path or by Host, and how it was reached."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.asgi.gateway import Gateway

pytestmark = pytest.mark.anyio
HOSTS = {
    "toy.localhost": "toy",
    "api.toy.example": "toy",
    "*.tenants.example": "toy",
    "api.other.example": "other",
}


class Vendor:
    """Answers with what the gateway told it."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        base_url, skip = scope["mockserver.base_url"], scope["mockserver.skip"]
        await send((self.name, base_url, skip))


class Hooks:
    """Counts starts and stops; fails to start if told so."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.error: Exception | None = None

    async def start(self) -> None:
        self.calls.append("start")
        if self.error:
            raise self.error

    async def stop(self) -> None:
        self.calls.append("stop")


@pytest.fixture
def hooks() -> Hooks:
    return Hooks()


@pytest.fixture
def gateway(hooks: Hooks) -> Gateway:
    applications = {name: Vendor(name) for name in ("toy", "other", "__mock")}
    return Gateway(applications, HOSTS, hooks.start, hooks.stop)  # type: ignore[arg-type]


@pytest.fixture
def ask(gateway: Gateway, send: Any) -> Any:
    """Return what was reached at a path: (vendor, base URL, segments to skip), or a status."""

    async def asking(path: str, *hosts: str, **fields: Any) -> Any:
        headers = [(b"host", host.encode("latin-1")) for host in hosts]
        sent = await send(gateway, {"path": path, "headers": headers, **fields})
        return sent[0] if isinstance(sent[0], tuple) else sent[0]["status"]

    return asking


@pytest.mark.parametrize("path", ["/toy", "/toy/", "/toy/app/sessions", "/toy//x", "/toy/toy"])
async def test_the_first_part_of_the_path_names_the_vendor(ask: Any, path: str) -> None:
    assert await ask(path, "localhost:8080") == ("toy", "http://localhost:8080/toy", 1)


@pytest.mark.parametrize(
    "path", ["/", "", "/nobody", "//toy", "/Toy", "/toys", "/toy.json", "/x/toy", "/%ff"]
)
async def test_any_other_path_is_404(ask: Any, path: str) -> None:
    assert await ask(path, "localhost") == 404


async def test_a_404_says_what_is_served(gateway: Gateway, send: Any) -> None:
    _, body = await send(gateway, {"path": "/nobody"})
    assert body["body"] == (
        b'{"error":"nothing is served at \'/nobody\'; there are /toy, /other, /__mock"}'
    )


async def test_an_encoded_slash_does_not_end_the_name(ask: Any) -> None:
    raw = b"/toy%2Fx/app/sessions"
    assert await ask("/toy/x/app/sessions", "localhost", raw_path=raw) == 404


async def test_an_encoded_name_is_the_same_name(ask: Any) -> None:
    reached = await ask("/toy/a", "localhost", raw_path=b"/%74oy/a")
    assert reached == ("toy", "http://localhost/toy", 1)


@pytest.mark.parametrize(
    ("host", "vendor"),
    [
        ("api.toy.example", "toy"),
        ("API.Toy.Example", "toy"),
        ("api.toy.example.", "toy"),
        ("api.toy.example:8080", "toy"),
        ("toy.localhost:9000", "toy"),
        ("acme.tenants.example", "toy"),
        ("deep.acme.tenants.example", "toy"),
        ("api.other.example", "other"),
    ],
)
async def test_a_host_names_the_vendor(ask: Any, host: str, vendor: str) -> None:
    assert await ask("/app/sessions", host) == (vendor, f"http://{host}", 0)


@pytest.mark.parametrize(
    "host",
    [
        "tenants.example",
        "evil-api.toy.example",
        "api.toy.example.evil",
        "localhost",
        "toy",
        "[::1]",
    ],
)
async def test_a_host_that_is_only_similar_names_nobody(ask: Any, host: str) -> None:
    assert await ask("/app/sessions", host) == 404


async def test_by_host_the_path_belongs_to_the_vendor_alone(ask: Any) -> None:
    assert await ask("/other/x", "api.toy.example") == ("toy", "http://api.toy.example", 0)


async def test_the_control_api_is_there_whatever_the_host(ask: Any) -> None:
    for host in ("localhost:8080", "api.toy.example"):
        vendor, base_url, skip = await ask("/__mock/health", host)
        assert (vendor, base_url, skip) == ("__mock", f"http://{host}", 0)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "my_box", "box.local.", "x:1", "A-b.c:65535"],
)
async def test_links_begin_with_the_address_that_the_client_used(ask: Any, host: str) -> None:
    assert (await ask("/toy/a", host))[1] == f"http://{host}/toy"


async def test_links_keep_the_scheme(ask: Any) -> None:
    assert (await ask("/toy/a", "h", scheme="https"))[1] == "https://h/toy"


@pytest.mark.parametrize(
    ("server", "base_url"),
    [
        (("127.0.0.1", 8080), "http://127.0.0.1:8080/toy"),
        (("::1", 8080), "http://[::1]:8080/toy"),
        (None, "http://127.0.0.1:80/toy"),
    ],
)
async def test_a_client_without_a_host_reached_the_socket(
    ask: Any, server: Any, base_url: str
) -> None:
    assert (await ask("/toy/a", server=server))[1] == base_url


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "a b",
        "a,b",
        "a/b",
        "a@b",
        "a:b",
        "a:1:2",
        "a:999999",
        "::1",
        "[::1",
        "http://a",
        'a"b',
        "a\x00b",
        "é",
        pytest.param("x" * 300, id="300 characters"),
        "a?b",
        "a#b",
        "a%41",
    ],
)
async def test_a_host_that_should_not_stand_in_links_is_400(ask: Any, host: str) -> None:
    assert await ask("/toy/a", host) == 400


async def test_two_hosts_are_400_even_if_they_agree(ask: Any) -> None:
    assert await ask("/toy/a", "localhost", "localhost") == 400


@given(raw=st.binary(max_size=40), host=st.binary(max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
async def test_any_bytes_are_answered(
    gateway: Gateway, send: Any, raw: bytes, host: bytes
) -> None:
    fields = {"path": raw.decode(errors="replace"), "raw_path": raw, "headers": [(b"host", host)]}
    assert await send(gateway, fields)


async def test_a_websocket_is_closed(gateway: Gateway) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def keep(message: Any) -> None:
        sent.append(message)

    await gateway({"type": "websocket", "path": "/toy"}, receive, keep)
    assert sent == [{"type": "websocket.close", "code": 1000}]


async def live(gateway: Gateway) -> list[str]:
    """Go through the lifespan; return what the server was told."""
    sent: list[str] = []

    async def receive() -> Any:
        return {"type": f"lifespan.{'shutdown' if sent else 'startup'}"}

    async def keep(message: Any) -> None:
        sent.append(message["type"])

    await gateway({"type": "lifespan"}, receive, keep)
    return sent


async def test_the_lifespan_starts_and_stops_once(gateway: Gateway, hooks: Hooks) -> None:
    assert await live(gateway) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert hooks.calls == ["start", "stop"]


async def test_the_reason_of_a_failed_start_is_kept(gateway: Gateway, hooks: Hooks) -> None:
    hooks.error = RuntimeError("no file")
    with pytest.raises(RuntimeError, match="no file"):
        await live(gateway)
    assert gateway.failure is hooks.error
    assert hooks.calls == ["start"]


@pytest.mark.parametrize("path", ["/", "/toy", "/__mock", "/%ff", "//x"])
@pytest.mark.parametrize("host", ["a.toy.localhost", "A.b.TOY.localhost.:80", "a-b.toy.localhost"])
async def test_a_site_is_served_whole(hooks: Hooks, send: Any, path: str, host: str) -> None:
    async def site(scope: Any, _receive: Any, send: Any) -> None:
        await send(scope["mockserver.base_url"])

    applications = {"toy": Vendor("toy")}
    sites = {".toy.localhost": site}
    gateway = Gateway(applications, HOSTS, hooks.start, hooks.stop, sites)  # type: ignore[arg-type]
    fields = {"path": path, "headers": [(b"host", host.encode())]}
    assert await send(gateway, fields) == [f"http://{host}"]
    api = {"path": path, "headers": [(b"host", b"toy.localhost")]}
    assert await send(gateway, api) != [f"http://{host}"]
