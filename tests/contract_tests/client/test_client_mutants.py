"""The bench of clients: each mutant is one change, and a sample of them is judged rightly."""

from __future__ import annotations

import peers
import pytest

from benchmarks.clients.mutant import CLIENTS, NGROK, BadMutant, Mutant
from benchmarks.clients.mutants import CORRECT, HABIT, REACTION, REQUEST, of, text_of
from benchmarks.clients.trial import Trial, verdict

EVERY = [(client, name) for client in CLIENTS for name in of(client)]


def test_there_are_enough_of_each_kind() -> None:
    kinds = [mutant.kind for client in CLIENTS for mutant in of(client).values()]
    assert kinds.count(REQUEST) >= 60
    assert kinds.count(REACTION) >= 40
    assert kinds.count(HABIT) >= 30


@pytest.mark.parametrize(("client", "name"), EVERY)
def test_a_mutant_is_another_program_that_can_be_read(client: str, name: str) -> None:
    text = text_of(client, name)
    assert text != text_of(client, CORRECT)
    if CLIENTS[client].program.endswith(".py"):
        compile(text, name, "exec")


def test_a_change_that_fits_nowhere_is_refused() -> None:
    with pytest.raises(BadMutant, match="0 of"):
        _ = Mutant(NGROK, "odd", REQUEST, "nothing", "not in the program", "whatever").text


def test_a_change_that_fits_twice_is_refused() -> None:
    with pytest.raises(BadMutant, match="of 'import '"):
        _ = Mutant(NGROK, "odd", REQUEST, "nothing", "import ", "whatever").text


@pytest.mark.slow
@pytest.mark.parametrize("client", CLIENTS)
def test_a_correct_client_is_not_accused(client: str) -> None:
    peers.needs("node", "curl")
    assert not verdict(Trial(client, CORRECT, 1, surprises_s=0)).findings


@pytest.mark.slow
@pytest.mark.parametrize(
    ("client", "name"),
    [
        ("ngrok", "limit-too-large-on-later-pages"),
        ("pingplotter", "list-is-an-object"),
        ("thousandeyes", "no-agents"),
        ("wisphub", "pings-as-text"),
    ],
)
def test_a_faulty_client_is_found(client: str, name: str) -> None:
    assert verdict(Trial(client, name, 1, surprises_s=0)).said_no
