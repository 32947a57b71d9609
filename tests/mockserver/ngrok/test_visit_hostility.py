"""The protected endpoint under odd and hostile requests: no 500, no way in, no way elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.vendors.ngrok.site import _local

pytestmark = pytest.mark.anyio
SIGN_IN, SIGN_OUT = "/_sign-in", "/_sign-out"
SCRIPT = "<script>alert(1)</script>\"'"


async def sign_in(browser: Any, **form: str) -> Any:
    return await browser.post(SIGN_IN, data={"name": "Ada", **form})


@pytest.mark.parametrize("name", [SCRIPT, "{{ 7*7 }}", "Zoë 😀", "a" * 100, "a@b", "O'Neil & Co"])
async def test_a_name_is_shown_as_text(browser: Any, name: str) -> None:
    await sign_in(browser, name=name)
    page = (await browser.get("/")).text
    assert "<script" not in page
    shown = re.search(r'id="user">(.*?)</strong>', page)
    assert shown
    assert "49" not in shown[1]


async def test_a_header_is_shown_as_text(house: Any) -> None:
    async with house.browser(**{"User-Agent": SCRIPT}) as browser:
        await sign_in(browser)
        assert "<script" not in (await browser.get("/")).text


async def test_a_path_is_shown_as_text(browser: Any) -> None:
    page = await browser.get('/"><script>alert(1)</script>?"><script>')
    assert page.status_code == 401
    assert "<script" not in page.text


@pytest.mark.parametrize("name", ["", "   ", "a" * 101, "a\nb", "a\x00b", "\x85"])
async def test_who_cannot_be_a_user_is_told(client: Any, browser: Any, name: str) -> None:
    before = (await client.get("/app/users")).content
    answer = await sign_in(browser, name=name)
    assert answer.status_code == 400
    assert "user is invalid: expected a name or an e-mail address" in answer.text
    assert "set-cookie" not in answer.headers
    assert (await client.get("/app/users")).content == before


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1",
        "/a\\b",
        "/ä",
        "/ /evil",
        "evil",
        "",
        SIGN_OUT,
        "/" + "a" * 3000,
    ],
)
async def test_signing_in_leads_to_no_other_site(browser: Any, path: str) -> None:
    answer = await sign_in(browser, way_back=path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@given(st.text(alphabet=st.characters(max_codepoint=0x2FF), max_size=40))
def test_the_way_back_is_a_path_of_this_site(target: str) -> None:
    way = _local(target)
    assert re.fullmatch(r"/([!-~]*)", way)
    assert not way.startswith(("//", "/\\"))
    assert "\\" not in way


async def test_signing_in_leads_back_to_what_was_asked_for(browser: Any) -> None:
    asked = "/dashboards/7?from=now-6h&to=now#a".partition("#")[0]
    page = await browser.get(asked)
    way_back = re.search(r'name="way_back" value="(.*?)"', page.text)
    assert way_back
    answer = await sign_in(browser, way_back=way_back[1].replace("&amp;", "&"))
    assert answer.headers["location"] == asked


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://grafana.ngrok.localhost:8080"},
        {"Origin": "https://wiki.ngrok.localhost:8080"},
        {"Origin": "http://wiki.ngrok.localhost:8081"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", [SIGN_IN, SIGN_OUT])
async def test_a_form_of_another_site_changes_nothing(
    client: Any, browser: Any, headers: dict[str, str], path: str
) -> None:
    await sign_in(browser)
    before = (await client.get("/app/sessions")).content
    answer = await browser.post(path, data={"name": "Eve"}, headers=headers)
    assert answer.status_code == 403
    assert (await client.get("/app/sessions")).content == before


async def test_the_browsers_own_form_is_taken(browser: Any) -> None:
    headers = {"Origin": "http://wiki.ngrok.localhost:8080", "Sec-Fetch-Site": "same-origin"}
    answer = await browser.post(SIGN_IN, data={"name": "Ada"}, headers=headers)
    assert answer.status_code == 303


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(browser: Any) -> None:
    cookie = (await sign_in(browser)).headers["set-cookie"]
    name, *attributes = cookie.split("; ")
    assert re.fullmatch(r"mock_session=[0-9A-Za-z]{43}", name)
    assert attributes == ["Path=/", "Max-Age=1209600", "HttpOnly", "SameSite=Lax"]


async def test_the_api_does_not_tell_the_token(client: Any, browser: Any) -> None:
    token = (await sign_in(browser)).headers["set-cookie"].split("=")[1].split(";")[0]
    assert token not in (await client.get("/app/sessions")).text
    assert "token" not in (await client.get("/app/sessions")).text


@pytest.mark.parametrize("cookie", ["", "x", "as_2t5FqNc8XvLw0RzKm3YbPg7HdSj", "a" * 5000, "%00"])
async def test_a_cookie_that_is_none_of_ours_opens_nothing(browser: Any, cookie: str) -> None:
    header = {"Cookie": f";;=; mock_session={cookie}; =x; \xff".encode("latin-1")}
    assert (await browser.get("/", headers=header)).status_code == 401


async def test_the_id_of_a_session_is_no_cookie(browser: Any, client: Any) -> None:
    await sign_in(browser)
    id_ = (await client.get("/app/sessions?limit=1")).json()["application_sessions"][0]["id"]
    browser.cookies.clear()
    answer = await browser.get("/", headers={"Cookie": f"mock_session={id_}"})
    assert answer.status_code == 401


async def test_a_cookie_of_one_endpoint_does_not_open_another(house: Any, browser: Any) -> None:
    await sign_in(browser)
    cookie = {"Cookie": f"mock_session={browser.cookies['mock_session']}"}
    async with house.browser("grafana") as another:
        assert (await another.get("/", headers=cookie)).status_code == 401


async def test_reading_never_signs_out(browser: Any) -> None:
    await sign_in(browser)
    assert (await browser.get(SIGN_OUT)).status_code == 200
    assert (await browser.get("/")).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
async def test_other_methods_are_405(browser: Any, method: str) -> None:
    answer = await browser.request(method, "/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_a_form_to_another_path_is_405(browser: Any) -> None:
    assert (await browser.post("/", data={"name": "Ada"})).status_code == 405


async def test_head_has_the_length_of_the_page_and_no_page(browser: Any) -> None:
    got, headed = await browser.get("/"), await browser.head("/")
    assert headed.headers["content-length"] == str(len(got.content))
    assert headed.content == b""


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"name=%FF", "application/x-www-form-urlencoded", 400),
        (b"name=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 200), "application/x-www-form-urlencoded", 400),
        (b"name=" + b"a" * 20_000, "application/x-www-form-urlencoded", 413),
        (b'{"name": "Ada"}', "application/json", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b"", "text/plain", 400),
        (b"name=Ada", "", 415),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(
    browser: Any, body: bytes, media_type: str, status: int
) -> None:
    answer = await browser.post(SIGN_IN, content=body, headers={"Content-Type": media_type})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "host", ["-x", "a..b", ".", "*", "wiki.nobody", "wiki.", "a" * 64, "%41", "wiki-"]
)
async def test_a_host_that_cannot_be_is_refused(house: Any, host: str) -> None:
    async with house.browser() as browser:
        headers = {"Host": f"{host}.ngrok.localhost:8080"}
        assert (await browser.get("/", headers=headers)).status_code in {400, 404}


@pytest.mark.parametrize("host", ["WIKI.ngrok.LOCALHOST:8080", "wiki.ngrok.localhost."])
async def test_a_host_may_be_written_in_any_way(house: Any, host: str) -> None:
    async with house.browser() as browser:
        page = await browser.get("/", headers={"Host": host})
    assert (page.status_code, "Sign in to wiki" in page.text) == (401, True)


@pytest.mark.parametrize("path", ["/__mock/health", "/ngrok/app/sessions", "/app/sessions", "/%"])
async def test_every_path_of_an_endpoint_is_its_own(browser: Any, path: str) -> None:
    assert (await browser.get(path)).status_code == 401


async def test_the_vendors_own_host_stays_the_api(house: Any) -> None:
    async with house.client(base="http://ngrok.localhost:8080") as client:
        assert (await client.get("/app/sessions")).status_code == 200


async def test_every_page_keeps_to_itself(browser: Any) -> None:
    for page in (await browser.get("/"), await browser.put("/"), await sign_in(browser)):
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"


async def test_a_full_account_says_so(house: Any, browser: Any) -> None:
    house.app.store._limits["app_session"] = 37
    answer = await sign_in(browser)
    assert answer.status_code == 507
    assert "app_session" in answer.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD"]),
    path=st.sampled_from(["/", SIGN_IN, SIGN_OUT, "/x?y"]),
    headers=st.dictionaries(
        st.sampled_from(["Cookie", "User-Agent", "Content-Type", "Origin", "Referer", "Accept"]),
        st.binary(max_size=60).map(lambda raw: re.sub(rb"[\x00-\x1f\x7f]", b"", raw).strip()),
    ),
    body=st.binary(max_size=80),
)
async def test_nothing_that_is_sent_makes_a_500(
    house: Any, method: str, path: str, headers: dict[str, bytes], body: bytes
) -> None:
    async with house.browser() as browser:
        content = body if method == "POST" else None
        answer = await browser.request(method, path, headers=headers, content=content)
    assert answer.status_code < 500
