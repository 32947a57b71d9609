"""What is heard while a step runs: its exchanges, and what is wrong with each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.run.refusals import Refusals
from contract_tests.wire import failures
from contract_tests.wire.exchange import Exchange
from contract_tests.words import Words
from contract_tests.world.world import World

SILENCE = "answers_in_time"
GONE = "the server"
_ANSWERS = "RFC 9110, 3.3"
_WENT_AWAY = "a server that is still there"
_LONGEST_TARGET = 120
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True)
class Heard:
    """The exchanges of one stretch of a run, in order, and the findings about their answers."""

    exchanges: list[Exchange] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def wrote_after(self, exchange: Exchange) -> bool:
        """Say whether a request that may have changed something came after this one."""
        index = next((i for i, e in enumerate(self.exchanges) if e is exchange), -1)
        return any(e.request.method not in _SAFE for e in self.exchanges[index + 1 :])

    def met(self, exchange: Exchange) -> bool:
        """Say whether the operation of an exchange was called here and met the same class."""
        wanted = exchange.status // 100
        return any(
            e.operation_id == exchange.operation_id
            and (e.status // 100 == wanted or is_failure(exchange))
            for e in self.exchanges
        )


def is_failure(exchange: Exchange) -> bool:
    """Say whether the server failed: an error of its own, or no answer."""
    return exchange.status == 0 or exchange.status >= 500


def is_safe(exchange: Exchange) -> bool:
    """Say whether a request may be sent again at any time."""
    return exchange.request.method in _SAFE


def is_refused(exchange: Exchange) -> bool:
    """Say whether nobody listened: that says nothing about the request."""
    return exchange.failure == failures.REFUSED


class Hearing:
    """Listens on a world's wire; `heard` is what came since it was last taken."""

    def __init__(self, world: World, *others: Callable[[Exchange], None]) -> None:
        """Judge by the world's contract; `others` are told of every exchange, too."""
        self.heard = Heard()
        self._world = world
        self._words = Words(world.contract)
        self._others = others
        self._refusals = Refusals(world)
        self._before: Exchange | None = None
        world.wire.listeners.append(self)

    def __call__(self, exchange: Exchange) -> None:
        """Hear one exchange."""
        self.heard.exchanges.append(exchange)
        self.heard.findings += self.judged(exchange)
        self.heard.findings += self._refusals.heard(exchange)
        if not is_refused(exchange):
            self._before = exchange
        elif self._before is not None:
            self.heard.findings.append(self._gone(self._before))
            self._before = None
        for other in self._others:
            other(exchange)

    def judged(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with an answer, or that there is none."""
        if exchange.response is not None:
            yield from map(self._allowed, self._words.findings(exchange))
        elif self._world.has(exchange.operation_id) and not is_refused(exchange):
            yield silence(self._world.label(exchange.operation_id), exchange)

    def _allowed(self, finding: Finding) -> Finding:
        """Weigh a field that nobody knows: some documents allow answers to grow."""
        grows = self._world.roles.grows
        if not grows or finding.aspect != Aspect.UNKNOWN:
            return finding
        return replace(finding, grade=Grade.ASSUMPTION, source=grows)

    def _gone(self, last: Exchange) -> Finding:
        """Return the finding that nobody listens any more, with the request before that."""
        known = self._world.has(last.operation_id)
        name = f"{last.request.method} {last.request.target}"
        if len(name) > _LONGEST_TARGET:
            name = f"{name[:_LONGEST_TARGET]}… ({len(name)} characters)"
        label = self._world.label(last.operation_id) if known else name
        finding = silence(label, last)
        message = f"The server went away: after {name} it refused connections."
        return replace(
            finding, place=GONE, message=message, received=failures.REFUSED, expected=_WENT_AWAY
        )

    def taken(self) -> Heard:
        """Return what was heard, and begin anew."""
        heard, self.heard = self.heard, Heard()
        return heard

    def stop(self) -> None:
        """Hear nothing more."""
        self._world.wire.listeners.remove(self)


def silence(label: str, exchange: Exchange) -> Finding:
    """Return the finding that a request got no answer."""
    return Finding(
        rule=SILENCE,
        operation=label,
        place="an answer",
        message="A request got no answer.",
        received=exchange.failure,
        expected="an answer, if only one that refuses the request",
        exchanges=(exchange,),
        source=_ANSWERS,
    )
