"""Keys and tokens: who may ask, and for how long."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from mockserver.vendors.wisphub.tokens import _signing_key

KEY = "mock-wisphub-token"


def bearer(token):
    return {"Authorization": f"Bearer {token}".encode()}


async def token_of(client, username="default", password=KEY):
    answer = await client.log_in(username, password)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def part(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def refused(wisphub, token):
    """Return the message of the 401 that a token meets."""

    async def story(client):
        made = await token(client) if callable(token) else token
        return await client.create(12345, headers=bearer(made))

    answer = wisphub(story)
    assert answer.status_code == 401, answer.text
    assert answer.json()["action"] == "error"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    return answer.json()["message"]


@pytest.mark.parametrize("header", ["", "Basic bW9jazptb2Nr", "Bearer", KEY])
def test_who_shows_no_bearer_token_is_not_authenticated(wisphub, header):
    async def story(client):
        one = await client.create(12345, headers={"Authorization": header})
        return one, await client.result("x", headers={"Authorization": header})

    for answer in wisphub(story):
        assert answer.status_code == 401
        assert answer.json()["message"] == "Not authenticated"
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["wrong", "a.b.c", "..", "é", "x" * 5000])
def test_a_token_that_is_none_is_refused(wisphub, token):
    assert refused(wisphub, token) == "Could not validate credentials."


def test_a_token_is_answered_without_the_envelope(wisphub):
    async def story(client):
        return (await client.log_in("default", KEY)).json()

    answer = wisphub(story)
    assert sorted(answer) == ["access_token", "token_type"]
    assert answer["token_type"] == "bearer"
    assert jwt.get_unverified_header(answer["access_token"])["alg"] == "HS256"


def test_a_token_names_its_account_and_its_end(wisphub):
    async def story(client):
        return await token_of(client), client.stand_in.clock.now_ms() // 1000

    token, now_s = wisphub(story)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims == {"sub": "default", "exp": now_s + 3600}


def test_a_token_opens_its_own_account_and_no_other(wisphub):
    async def story(client):
        mine = bearer(await token_of(client))
        theirs = bearer(await token_of(client, "sandbox", "mock_sandbox_key"))
        task_id = await client.start(12346)
        return [(await client.result(task_id, headers=h)).status_code for h in (mine, theirs)]

    assert wisphub(story) == [200, 404]


def test_a_token_is_good_for_60_minutes(wisphub):
    async def story(client):
        headers = bearer(await token_of(client))
        found = []
        for step_s in (0, 3599.999, 0.001):
            await client.stand_in.clock.advance(step_s)
            found.append((await client.create(12345, headers=headers)).status_code)
        return found

    assert wisphub(story) == [200, 200, 401]


def test_an_expired_token_is_refused_in_the_words_for_a_wrong_one(wisphub):
    async def story(client):
        token = await token_of(client)
        await client.stand_in.clock.advance(3600)
        return token

    assert refused(wisphub, story) == "Could not validate credentials."


def test_a_token_of_an_earlier_run_still_holds(wisphub):
    token = wisphub(token_of)

    async def story(client):
        return (await client.create(12345, headers=bearer(token))).status_code

    assert wisphub(story) == 200


def test_a_token_that_was_altered_is_refused(wisphub):
    async def forged(client):
        header, _, signature = (await token_of(client)).split(".")
        claims = part({"sub": "sandbox", "exp": 9_999_999_999})
        return f"{header}.{claims}.{signature}"

    refused(wisphub, forged)


def test_a_token_signed_with_another_key_is_refused(wisphub):
    key = b"some other key of thirty-two bytes"
    refused(wisphub, jwt.encode({"sub": "default", "exp": 9_999_999_999}, key))


def test_a_token_without_a_signature_is_refused(wisphub):
    claims = part({"sub": "default", "exp": 9_999_999_999})
    refused(wisphub, f"{part({'alg': 'none', 'typ': 'JWT'})}.{claims}.")


@pytest.mark.parametrize("sub", [None, 7, ["default"], {"a": 1}, "nobody"])
def test_a_token_for_nobody_is_refused(wisphub, sub):
    refused(wisphub, jwt_like({"sub": sub, "exp": 9_999_999_999}))


@pytest.mark.parametrize("claims", [b"[" * 30_000, b"null", b"\xff", b"1" * 300])
def test_a_token_of_strange_claims_is_refused(wisphub, claims):
    refused(wisphub, jwt_like(claims))


def test_a_token_for_an_account_of_other_vendors_only_is_refused(wisphub, stand_in, tmp_path):
    state = str(tmp_path / "state.db")

    async def earlier(house):
        await house.client().post("/__mock/accounts", json={"name": "elsewhere"})

    async def story(client):
        assert client.stand_in.app.house.worlds.accounts.named("elsewhere")
        token = jwt_like({"sub": "elsewhere", "exp": 9_999_999_999})
        return (await client.create(12345, headers=bearer(token))).status_code

    stand_in(earlier, vendor=("ngrok",), state=state)
    assert wisphub(story, state=state) == 401


@pytest.mark.parametrize("end", [{}, {"exp": None}, {"exp": "never"}])
def test_a_token_without_an_end_is_refused_whoever_signed_it(wisphub, end):
    async def story(client):
        account = client.stand_in.app.house.worlds.accounts.named("default")
        return jwt.encode({"sub": "default", **end}, _signing_key(account))

    refused(wisphub, story)


def jwt_like(claims):
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{part(b'signature')}"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("default", "wrong"),
        ("default", "mock_sandbox_key"),
        ("sandbox", KEY),
        ("nobody", KEY),
        ("", ""),
        ("Default", KEY),
    ],
)
def test_only_an_accounts_own_key_gets_its_token(wisphub, username, password):
    async def story(client):
        return await client.log_in(username, password)

    answer = wisphub(story)
    assert answer.status_code == 401
    assert answer.json() == {
        "ok": False,
        "type": "error",
        "action": "error",
        "data": None,
        "message": "Incorrect username or password.",
        "meta": None,
    }
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("form", "missing"),
    [({"username": "default"}, ["password"]), ({}, ["username", "password"])],
)
def test_a_form_without_its_fields_is_told_which(wisphub, form, missing):
    async def story(client):
        return await client.http.post("/api/v1/auth/token", data={**form, "scope": "x"})

    answer = wisphub(story)
    assert answer.status_code == 400
    assert answer.json()["action"] == "error"
    for field in missing:
        assert f"{field}: Field required" in answer.json()["message"]


def test_the_form_may_hold_what_oauth_clients_add(wisphub):
    async def story(client):
        form = {"grant_type": "password", "scope": "", "username": "default", "password": KEY}
        return await client.http.post("/api/v1/auth/token", data=form)

    assert wisphub(story).status_code == 200
