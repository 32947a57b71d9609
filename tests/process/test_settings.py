"""Every setting as a flag, a variable and a key of the file; flags win, the file comes last."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.settings import Settings

# One value for each setting, as each of the three ways writes it; nothing is a default.
FLAGS = {
    "host": ["127.0.0.2"],
    "port": ["0"],
    "vendor": ["ngrok"],
    "seed": ["77"],
    "state": ["kept.db"],
    "network": ["live"],
    "allow_target": ["127.0.0.0/8", "::1/128"],
    "dns_root": ["127.53.0.1", "ns.lab=127.53.0.2#5300"],
    "trust_anchor": ["root.anchor"],
    "account": ["ci=ci_key", "dev=dev_key"],
    "rate_limit": ["ngrok=5"],
}
ANCHOR = f". IN DS 1 13 2 {'00' * 32} ; made up\n"
FILE = """
host = "127.0.0.2"
port = 0
vendor = ["ngrok"]
seed = 77
state = "kept.db"
network = "live"
allow_target = ["127.0.0.0/8", "::1/128"]
dns_root = ["127.53.0.1", "ns.lab=127.53.0.2#5300"]
trust_anchor = "root.anchor"
[account]
ci = "ci_key"
dev = "dev_key"
[rate_limit]
ngrok = 5
"""


def by_flags(begin: Callable[..., Any], cwd: Path) -> Any:
    words = [
        word
        for name, values in FLAGS.items()
        for value in values
        for word in (f"--{name.replace('_', '-')}", value)
    ]
    return begin(cwd, *words)


def by_variables(begin: Callable[..., Any], cwd: Path) -> Any:
    pairs = {f"MOCKSERVER_{name.upper()}": ",".join(values) for name, values in FLAGS.items()}
    return begin(cwd, **pairs)


def by_file(begin: Callable[..., Any], cwd: Path) -> Any:
    (cwd / "mockserver.toml").write_text(FILE)
    return begin(cwd)


def by_named_file(begin: Callable[..., Any], cwd: Path) -> Any:
    (cwd / "house.toml").write_text(FILE)
    return begin(cwd, "--config", "house.toml")


def by_file_in_a_variable(begin: Callable[..., Any], cwd: Path) -> Any:
    (cwd / "house.toml").write_text(FILE)
    return begin(cwd, MOCKSERVER_CONFIG="house.toml")


WAYS = [by_flags, by_variables, by_file, by_named_file, by_file_in_a_variable]


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: way.__name__)
def told(
    request: pytest.FixtureRequest, begin: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Path]:
    """A server that was told everything, in one of the ways, and its directory."""
    cwd = tmp_path_factory.mktemp("told")
    (cwd / "root.anchor").write_text(ANCHOR)
    return request.param(begin, cwd), cwd


def health(server: Any) -> dict[str, Any]:
    body: dict[str, Any] = server.get("/__mock/health").json()
    return body


def test_every_setting_is_tried_here() -> None:
    # An engine would have to be there: tests/mockserver/remote has one.
    assert {*FLAGS, "engine"} == set(Settings.model_fields)


def test_host_is_where_it_listens(told: Any) -> None:
    assert told[0].address[0] == "127.0.0.2"


def test_port_0_takes_a_free_one(told: Any) -> None:
    assert told[0].address[1] not in {0, 8080}


def test_vendor_is_what_is_served(told: Any) -> None:
    assert health(told[0])["vendors"] == ["ngrok"]
    assert told[0].get("/wisphub/api/v1/").status_code == 404


def test_seed_is_where_the_worlds_come_from(told: Any) -> None:
    assert health(told[0])["seed"] == 77


def test_state_is_the_file_that_is_kept(told: Any) -> None:
    assert (told[1] / "kept.db").stat().st_size > 0


def test_network_is_what_was_said(told: Any) -> None:
    assert health(told[0])["network"] == "live"


@pytest.mark.parametrize("key", ["ci_key", "dev_key"])
def test_account_is_one_more_key(told: Any, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Ngrok-Version": "2"}
    assert told[0].get("/ngrok/app/users", headers=headers).status_code == 200


def test_rate_limit_takes_the_place_of_the_documented_one(told: Any) -> None:
    headers = {"Authorization": "Bearer mock_sandbox_key", "Ngrok-Version": "2"}
    path = "/ngrok/app/users?limit=1"
    statuses = [told[0].get(path, headers=headers).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_flags_win_over_variables_and_variables_over_the_file(serve: Any, tmp_path: Path) -> None:
    (tmp_path / "mockserver.toml").write_text('seed = 1\nnetwork = "live"\naccount = {ci = "k"}\n')
    server = serve("--seed", "3", MOCKSERVER_SEED="2", MOCKSERVER_NETWORK="simulated")
    assert (health(server)["seed"], health(server)["network"]) == (3, "simulated")
    accounts = server.get("/__mock/accounts").json()["accounts"]
    assert {"name": "ci", "keys": {"ngrok": "k"}} in accounts


def test_without_settings_there_are_the_documented_defaults() -> None:
    assert json.loads(Settings(_env_file=None).model_dump_json()) == {  # type: ignore[call-arg]
        "host": "127.0.0.1",
        "port": 8080,
        "vendor": [],
        "seed": 0,
        "state": None,
        "network": "simulated",
        "allow_target": [],
        "dns_root": [],
        "trust_anchor": None,
        "engine": None,
        "account": {},
        "rate_limit": {},
    }


def test_a_rate_limit_may_be_off(serve: Any) -> None:
    server = serve("--rate-limit", "ngrok=off")
    with httpx.Client(base_url=server.url) as client:
        headers = {"Authorization": "Bearer mock_ngrok_key", "Ngrok-Version": "2"}
        for _ in range(130):
            answer = client.get("/ngrok/app/users?limit=1", headers=headers)
            assert answer.status_code == 200


def test_the_extremes_of_a_seed_are_served(serve: Any) -> None:
    for seed in (-(2**63), 2**63 - 1):
        assert health(serve("--seed", str(seed)))["seed"] == seed
