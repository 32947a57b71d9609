"""A real engine, real agents and real servers, ended whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from postgres import Postgres
from remote_rig import Program, begin


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def engine_url(postgres: Postgres) -> str:
    """The address of a database that was empty at first."""
    return postgres.new_database()


@pytest.fixture(scope="module")
def programs() -> Iterator[list[Program]]:
    running: list[Program] = []
    yield running
    for program in running:
        if program.process.poll() is None:
            program.kill()
        assert program.process.stdout
        program.process.stdout.close()


@pytest.fixture(scope="module")
def start_agent(
    programs: list[Program], engine_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Program]:
    cwd = tmp_path_factory.mktemp("agents")

    def start(*options: str, name: str = "office") -> Program:
        told = ("--name", name, "--join", engine_url, *options)
        programs.append(begin("probes", "agent", *told, ready=" joined ", cwd=cwd))
        return programs[-1]

    return start


@pytest.fixture(scope="module")
def start_server(
    programs: list[Program], engine_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Program]:
    """Start a stand-in with the engine and this state, which outlives it."""
    cwd = tmp_path_factory.mktemp("servers")

    def start(*options: str, state: str = "kept.db") -> Program:
        told = ("--port", "0", "--engine", engine_url, "--state", state, *options)
        told = (*told, "--rate-limit", "all=off")
        programs.append(begin("mockserver", "serve", *told, ready="ready on", cwd=cwd))
        return programs[-1]

    return start


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
