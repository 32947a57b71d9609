"""A job of an account that this run does not know waits for a run that does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mockserver.app import create_app
from mockserver.settings import Settings


async def _run(state: Path, *, known: bool, ask: bool) -> int:
    account = {"ci": "ci_key"} if known else {}
    app = create_app(Settings(vendor=("wisphub",), state=str(state), account=account))
    await app.start()
    if ask:
        async with app.store.transaction() as transaction:
            backend: Any = await app.house.worlds.open(transaction, "wisphub", "ci", "http://x")
            await backend.start_ping(12345, 1)
        await app.runner.stop()
    else:
        await asyncio.gather(*app.runner._tasks, return_exceptions=True)
    async with app.store.transaction() as transaction:
        left = await transaction.documents("jobs").count("job")
    await app.stop()
    return left


def test_it_stays_stored_and_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    state = tmp_path / "state.db"
    assert asyncio.run(_run(state, known=True, ask=True)) == 1
    assert asyncio.run(_run(state, known=False, ask=False)) == 1
    assert "tried again at the next start: no account named ci" in caplog.text
    assert asyncio.run(_run(state, known=True, ask=False)) == 0
