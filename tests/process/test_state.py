"""State between runs: kept in a file when asked, forgotten otherwise, and reset on request."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

Serve = Callable[..., Any]
STATE = ("--state", "state.db")


def as_account(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Ngrok-Version": "2"}


def ids(server: Any, key: str = "mock_ngrok_key") -> list[str]:
    page = server.get("/ngrok/app/sessions", headers=as_account(key)).json()
    return [session["id"] for session in page["application_sessions"]]


def delete(server: Any, id_: str, key: str = "mock_ngrok_key") -> None:
    url = f"{server.url}/ngrok/app/sessions/{id_}"
    assert httpx.delete(url, headers=as_account(key)).status_code == 204


def create(server: Any, name: str) -> str:
    answer = server.post("/__mock/accounts", json={"name": name})
    assert answer.status_code == 201
    key: str = answer.json()["keys"]["ngrok"]
    return key


def test_deletions_outlive_the_server(serve: Serve) -> None:
    first = serve(*STATE)
    everything = ids(first)
    delete(first, everything[0])
    first.end()
    assert ids(serve(*STATE)) == everything[1:]


def test_accounts_and_their_worlds_outlive_the_server(serve: Serve) -> None:
    first = serve(*STATE)
    key = create(first, "worker")
    everything = ids(first, key)
    delete(first, everything[5], key)
    first.end()
    second = serve(*STATE)
    assert ids(second, key) == everything[:5] + everything[6:]
    assert second.get("/__mock/accounts/worker").json()["keys"] == {"ngrok": key}


def test_the_name_of_a_kept_account_is_still_taken(serve: Serve) -> None:
    first = serve(*STATE)
    create(first, "worker")
    first.end()
    again = serve(*STATE).post("/__mock/accounts", json={"name": "worker"})
    assert again.status_code == 409


def test_a_reset_makes_the_world_anew_and_that_outlives_the_server_too(serve: Serve) -> None:
    first = serve(*STATE)
    everything = ids(first)
    delete(first, everything[0])
    assert first.post("/__mock/reset").json() == {"reset": ["ngrok/default"]}
    first.end()
    assert ids(serve(*STATE)) == everything


def test_without_a_file_everything_is_forgotten(serve: Serve, tmp_path: Path) -> None:
    first = serve()
    everything = ids(first)
    delete(first, everything[0])
    first.end()
    assert ids(serve()) == everything
    assert list(tmp_path.iterdir()) == []


def test_two_runs_with_one_seed_answer_alike(serve: Serve) -> None:
    first, second = ids(serve("--seed", "5")), ids(serve("--seed", "5"))
    assert first == second


def test_a_clean_stop_leaves_one_file(serve: Serve, tmp_path: Path) -> None:
    server = serve(*STATE)
    ids(server)
    server.end()
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


def test_a_path_may_be_written_as_a_url(serve: Serve, tmp_path: Path) -> None:
    serve("--state", f"sqlite:///{tmp_path}/by-url.db")
    assert (tmp_path / "by-url.db").exists()


def test_a_browser_stays_signed_in_when_the_server_is_killed(serve: Serve) -> None:
    first = serve(*STATE)
    visit = {"vendor": "ngrok", "name": "wiki", "user": "Ada"}
    cookie = first.post("/__mock/visits", json=visit).json()["cookie"]
    first.process.kill()
    first.process.wait()
    page = serve(*STATE).get("/", headers={"Host": "wiki.ngrok.localhost", "Cookie": cookie})
    assert page.status_code == 200
    assert "signed in as" in page.text
