"""Agents and sessions of PingPlotter Cloud, written from the vendor's manual: no fault is known.

Methods are small so that a mutant overrides one of them. The class `Stranger` parts from every
decision that this project made where the manual says nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from benchmarks.mutation.pingplotter_agents import Agents
from benchmarks.mutation.pingplotter_reception import Refusal
from benchmarks.mutation.serving import Answer, App, Call

KEY = "bench-pingplotter-key"
Operation = Callable[..., Answer]


class PingPlotter(Agents, App):
    """The operations of the manual's pages, by path and method."""

    limit = 100_000

    def __init__(self, count: int = 3) -> None:
        """Make the same world each time."""
        super().__init__()
        self.lock = threading.RLock()
        self.spent = 0
        for number in range(count):
            agent = self.new_agent(f"Office {number}", online=number != 1)
            for target in ("192.0.2.10 Router", f"198.51.100.{number + 1}", "203.0.113.5 Mail"):
                self.new_session(agent["UniqueId"], target)
        self.example()
        self.new_agent("Template", template=True)
        self.gone(self.new_agent("Old office"))

    def example(self) -> None:
        """Make the agent and the session of the contract's examples: some tools know no other."""
        agent = self.new_agent("Example")
        del self.agents[agent["UniqueId"]]
        agent["UniqueId"] = "a1:Kq3vWz8XnRt5Lm2PdYc"
        self.agents[agent["UniqueId"]] = agent
        session = self.new_session(agent["UniqueId"], "198.51.100.7 www.example.com")
        del self.sessions[session["SessionId"]]
        session["SessionId"] = "s1:Hn4bTx7QwJz9Vc2RkMf"
        self.sessions[session["SessionId"]] = session

    # The way of a request

    def answer(self, call: Call) -> Answer:
        """Answer one call."""
        with self.lock:
            self.spent += 1
            try:
                answer = self.guarded(call)
            except Refusal as refusal:
                answer = self.error(refusal.status, str(refusal))
            answer.headers |= self.limits()
            return answer

    def limits(self) -> dict[str, str]:
        """Return the headers of every answer."""
        left = max(0, self.limit - self.spent)
        reset = str(int(time.time()) + 60)
        names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
        return dict(zip(names, (str(self.limit), str(left), reset), strict=True))

    def guarded(self, call: Call) -> Answer:
        """Ask for the key, then route."""
        if self.spent > self.limit:
            return self.too_many()
        if not self.knows(call.headers.get("X-API-KEY")):
            raise Refusal(401, "the key is missing or not valid")
        operations = self.operations(call)
        if not operations:
            raise Refusal(404, "there is nothing here")
        if call.method not in operations:
            answer = self.error(405, "this method is not known here")
            answer.headers["Allow"] = ", ".join(operations)
            return answer
        return operations[call.method]()

    def knows(self, key: str | None) -> bool:
        """Say whether a key is good."""
        return key == KEY

    def too_many(self) -> Answer:
        """Answer that the allowance is used up."""
        body = {"error": "Rate limit exceeded", "limit": self.limit, "remaining": 0}
        body |= {"cost": 1, "retryAfterSeconds": 10}
        return Answer(429, body, {"Retry-After": "10"})

    def operations(self, call: Call) -> dict[str, Operation]:
        """Return what a path knows, by method."""
        match call.segments:
            case ("agents", *rest):
                return self.below_agents(call, tuple(rest))
            case ("sessions", *rest):
                return self.below_sessions(call, tuple(rest))
            case _:
                return {}

    def below_agents(self, call: Call, rest: tuple[str, ...]) -> dict[str, Operation]:
        """Return what is known on and below the agents."""
        match rest:
            case ():
                return {
                    "GET": lambda: self.list_agents(call),
                    "POST": lambda: self.create_agent(call),
                    "DELETE": lambda: self.delete_agent(call),
                }
            case ("customfields",):
                return {"GET": lambda: Answer(200, [{"Name": "Site"}])}
            case ("status",):
                return {"POST": lambda: self.agent_statuses(call)}
            case _:
                return self.agent_operations(call, rest[0], rest[1:])

    def below_sessions(self, call: Call, rest: tuple[str, ...]) -> dict[str, Operation]:
        """Return what is known on and below the sessions."""
        match rest:
            case ():
                return {
                    "GET": lambda: self.list_sessions(call),
                    "POST": lambda: self.create_sessions(call),
                    "PUT": lambda: self.update_session(call),
                }
            case ("status",):
                return {"POST": lambda: self.session_statuses(call)}
            case _:
                return self.session_operations(call, rest[0], rest[1:])

    def agent_operations(
        self, call: Call, agent_id: str, rest: tuple[str, ...]
    ) -> dict[str, Operation]:
        """Return what is known below an agent."""
        match rest:
            case ():
                return {
                    "GET": lambda: Answer(200, self.shown_agent(self.agent(agent_id, True))),
                    "PUT": lambda: self.rename(call, agent_id),
                }
            case ("status",):
                return {"POST": lambda: self.agent_status(call, agent_id)}
            case ("forcereconnect",):
                return {"POST": lambda: self.reconnect(agent_id)}
            case ("session",):
                return {"PUT": lambda: self.update_session(call, agent_id)}
            case ("sessions",):
                return {"PUT": lambda: self.update_all(call, agent_id)}
            case _:
                return {}

    def session_operations(
        self, call: Call, session_id: str, rest: tuple[str, ...]
    ) -> dict[str, Operation]:
        """Return what is known below a session, or an agent in its place."""
        match rest:
            case ():
                return {
                    "GET": lambda: Answer(200, self.shown_session(self.session(session_id))),
                    "PUT": lambda: self.update_all(call, session_id),
                }
            case ("status",):
                return {"GET": lambda: self.session_status(session_id)}
            case ("close",):
                return {"PUT": lambda: self.close(session_id)}
            case _:
                return {}
