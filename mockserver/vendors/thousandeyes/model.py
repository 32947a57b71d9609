"""What is remembered of ThousandEyes: agents, tests and results, as documents.

An agent holds its public keys under their public names, and beside them `created_ms`,
`last_seen_ms` (not while it is online), `phase_ms` (when in a minute it reports) and, for a
cluster, `members`, which are agents in small.
A test holds `testId type testName interval alertsEnabled settings secrets agents target_host
created_by created_ms rounds`. `settings` is what its definition shows, `secrets` what it never
shows; `agents` are the choices of the creator, each agent once; `target_host` is where its target
agent answers. `rounds` are the begins of its last runs, in seconds since the epoch; those that
are `unmeasured` have no results before somebody asks.
A result is what one agent found in one round: `id round_of test_id round agentId agentName
countryId done`, and once it is done `at_ms findings origins` (see `measuring/task.py`).
"""

from __future__ import annotations

from mockserver.core.store import Document, Kind

AGENT = Kind("agent", limit=1000)
TEST = Kind("test", limit=10_000, indexes=("type",))
RESULT = Kind("result", limit=20_000, indexes=("round_of",))

CLOUD, ENTERPRISE, CLUSTER = "Cloud", "Enterprise", "Enterprise Cluster"
ONLINE, OFFLINE, DISABLED = "Online", "Offline", "Disabled"

# Every user has one account group, the one of the contract's examples.
ACCOUNT_GROUP = {"aid": 11, "accountGroupName": "Example account group"}

FIRST_TEST_ID = 400_000
FIRST_DNS_SERVER_ID = 1000
VOICE_PORT = 49152
ROUNDS = 100
_MINUTE_MS = 60_000


def is_instant(test: Document) -> bool:
    """Say whether a test runs only when it is told to."""
    return bool(test["interval"] == 0)


def next_round(test: Document, now_ms: int) -> int:
    """Return when another run begins, in seconds; rounds have different numbers, however quick."""
    last = test["rounds"][-1] if test["rounds"] else 0
    return int(max(now_ms // 1000, last + 1))


def is_measuring(agent: Document) -> bool:
    """Say whether an agent would carry out a test now; the vendor's own agents always do."""
    members = agent.get("members", [agent])
    return any(member.get("agentState", ONLINE) == ONLINE for member in members)


def last_seen_ms(agent: Document, now_ms: int) -> int:
    """Return when an agent or member last reported: every minute, as long as it is online."""
    if agent["agentState"] != ONLINE:
        return int(agent["last_seen_ms"])
    return now_ms - (now_ms - int(agent["phase_ms"])) % _MINUTE_MS


def host_of(agent: Document) -> str:
    """Return where an agent answers as the target of a test."""
    addresses: list[str] = agent.get("ipAddresses") or agent["members"][0]["publicIpAddresses"]
    return str(agent.get("hostname") or addresses[0])
