"""What can be done with the agents and tests of one ThousandEyes account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockserver.core.accounts import SANDBOX_ACCOUNT
from mockserver.core.backend import Backend
from mockserver.core.errors import BadRequest, Forbidden, NotFound, Violation
from mockserver.core.store import Document
from mockserver.vendors.thousandeyes import rounds, rules
from mockserver.vendors.thousandeyes.choices import Body
from mockserver.vendors.thousandeyes.links import ResultKind, result_kinds
from mockserver.vendors.thousandeyes.model import (
    ACCOUNT_GROUP,
    AGENT,
    FIRST_DNS_SERVER_ID,
    FIRST_TEST_ID,
    TEST,
    is_instant,
    next_round,
)
from mockserver.vendors.thousandeyes.proposals import Proposal


@dataclass(slots=True)
class ThousandEyesBackend(Backend):
    """Agents are given; tests are created, run again and read."""

    def enter(self, aid: int | None) -> None:
        """Act for an account group; BadRequest for one that the user is not assigned to."""
        if aid not in (None, ACCOUNT_GROUP["aid"]):
            expected = f"{ACCOUNT_GROUP['aid']}, the account group of this user"
            violation = Violation("query", "aid", "account group", expected, aid)
            raise BadRequest("The account group cannot be used", violations=[violation])

    def enter_to_run(self, aid: int | None) -> None:
        """Act for an account group as one who runs tests; Forbidden for a sandbox account."""
        if self.account.name == SANDBOX_ACCOUNT:
            raise Forbidden("Instant tests are not allowed for a sandbox account")
        self.enter(aid)

    async def agents(self, types: Sequence[str] = ()) -> list[Document]:
        """Return the agents of some types, or all."""
        agents = await self.documents.find(AGENT.name)
        return [agent for agent in agents if not types or agent["agentType"] in types]

    async def agent(self, agent_id: int) -> Document:
        """Return an agent; NotFound if there is none."""
        agent = await self.documents.get(AGENT.name, str(agent_id))
        if agent is None:
            raise NotFound(f"No agent has the id {agent_id}")
        return agent

    async def agents_by_id(self) -> Mapping[int, Document]:
        """Return every agent under its number."""
        return {agent["agentId"]: agent for agent in await self.agents()}

    async def tests(self, type_: str | None = None) -> list[Document]:
        """Return the tests of a type, or all, oldest first."""
        return await self.documents.find(TEST.name, {"type": type_} if type_ else None)

    async def tests_of_agent(self, agent_id: int) -> list[Document]:
        """Return the tests that an agent runs."""
        return [
            test
            for test in await self.tests()
            if any(choice["agentId"] == agent_id for choice in test["agents"])
        ]

    async def test(self, test_id: int | str) -> Document:
        """Return a test; NotFound if there is none."""
        test = await self.documents.get(TEST.name, str(test_id))
        if test is None:
            raise NotFound(f"No test has the id {str(test_id)[:20]}")
        return test

    async def measured_test(self, test_id: int, kind: ResultKind) -> Document:
        """Return a test that has results of `kind`, up to date; NotFound if there is none."""
        test = await self.test(test_id)
        if kind not in result_kinds(test):
            raise NotFound(f"The {test['type']} test {test_id} has no results at {kind.path}")
        return await rounds.keep_up(self, test)

    async def create_test(self, type_: str, body: Body) -> Document:
        """Add an instant test and begin its first round; BadRequest if it cannot be."""
        proposal = Proposal.of(type_, body, await self.agents_by_id())
        found = rules.violations(proposal)
        if found:
            raise BadRequest("The test cannot be created", violations=found)
        test_id = FIRST_TEST_ID + await self.documents.next("test")
        servers = [await self._new_server_id() for _ in proposal.dns_servers]
        now_ms = self.clock.now_ms()
        test = proposal.test(test_id, self.author, now_ms, servers)
        test = await rounds.add_round(self, test, next_round(test, now_ms))
        await self.documents.insert(TEST.name, str(test_id), test)
        return test

    async def rerun_test(self, test_id: int) -> None:
        """Begin another round of an instant test; NotFound if it is none."""
        test = await self.documents.get(TEST.name, str(test_id))
        if test is None or not is_instant(test):
            raise NotFound(f"No instant test has the id {test_id}")
        test = await rounds.add_round(self, test, next_round(test, self.clock.now_ms()))
        await self.documents.update(TEST.name, str(test_id), test)

    @property
    def author(self) -> str:
        """Return how this user is shown as the maker of a test."""
        return f"API User ({self.account.name}@example.com)"

    async def _new_server_id(self) -> int:
        return FIRST_DNS_SERVER_ID + await self.documents.next("dns-server")
