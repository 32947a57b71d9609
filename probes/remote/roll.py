"""Who is there: every agent announces itself again and again, and is forgotten when it stops."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from probes.remote.errors import AgentInvalid

if TYPE_CHECKING:
    from probes.remote.engine import Engine

BEAT_S = 1.0
"""How often an agent announces itself."""
FORGOTTEN_S = 4
"""After how many seconds without it an agent counts as gone, by the engine's own clock."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_LONGEST_BOX = 48


@dataclass(frozen=True, slots=True)
class RemoteAgent:
    """What an agent tells of itself; `started_ms` is since the epoch, by its own clock.

    `account` is whose agent it is at the stand-in; `responder_port` is where it answers voice,
    agent-to-agent and throughput measurements at its addresses, None where it does not.
    """

    name: str
    account: str
    addresses: tuple[str, ...]
    machine: str
    platform: str
    version: str
    started_ms: int
    responder_port: int | None = None

    @property
    def address(self) -> str:
        """Where letters to it go: names are unique within an account."""
        return address_of(self.account, self.name)


def address_of(account: str, name: str) -> str:
    """Return the address of an agent; AgentInvalid if it cannot be one."""
    for what, text in (("name of an agent", name), ("name of an account", account)):
        if not _NAME.fullmatch(text):
            raise AgentInvalid(
                f"{text[:80]!r} is no {what}: expected 1 to 64 of letters, digits, '_', '.', '-',"
                " not first a sign."
            )
    return f"{account}/{name}"


def box_name(address: str) -> str:
    """Return the queue of an agent; PostgreSQL takes no long names for channels."""
    if len(address) <= _LONGEST_BOX:
        return f"agent:{address}"
    return f"agent:{hashlib.blake2b(address.encode(), digest_size=20).hexdigest()}"


async def announce(engine: Engine, agent: RemoteAgent, forgotten_s: int = FORGOTTEN_S) -> None:
    """Say that the agent is there for now; 0 or less seconds takes it off the roll."""
    from probes.remote.engine import ROLL  # noqa: PLC0415 - knowing agents needs no database

    async with engine.at_work():
        box = await engine.box(ROLL)
        card = asdict(agent)
        await box.worker_info(agent.address, queue_key=ROLL, metadata=card, ttl=forgotten_s)


async def read_roll(engine: Engine) -> list[RemoteAgent]:
    """Return the agents that announced themselves lately; EngineUnreachable says why not."""
    from probes.remote.engine import ROLL  # noqa: PLC0415 - as above

    async with engine.at_work():
        box = await engine.box(ROLL)
        known = (await box.info())["workers"].values()
    agents = [agent for entry in known if (agent := _read(entry["metadata"]))]
    return sorted(agents, key=lambda agent: agent.address)


def _read(card: object) -> RemoteAgent | None:
    # An agent of another version may tell something else: it cannot be worked with.
    try:
        return TypeAdapter(RemoteAgent).validate_python(card)
    except ValidationError:
        return None
