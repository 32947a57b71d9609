"""One account at a stand-in in this process: its keys, what it sent, and what is wrong with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import specs
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.judge import Conduct
from contract_tests.inprocess.api import Api
from contract_tests.inprocess.house import House, Room
from contract_tests.inprocess.sent import Requests, Sent
from contract_tests.roles.read import roles_of
from contract_tests.run.keys import with_key
from contract_tests.run.outcome import About, Outcome

__tracebackhide__ = True


class NotHeard(AssertionError):
    """A request that was waited for did not come; the message says which did."""


@dataclass(slots=True)
class Tenant:
    """An account while it lives. Its requests are judged as they end, by their vendor's contract.

    Requests without a key of anybody's are taken for those of the newest account.
    """

    house: House
    account: str
    _room: Room = field(init=False)
    _conducts: dict[str, Conduct] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _errors: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Move in."""
        self._room = self.house.enter(self.account, self._hear)

    @property
    def keys(self) -> Mapping[str, str]:
        """The account's key at each vendor."""
        return self._room.keys

    @property
    def room(self) -> Room:
        """The account as the house knows it."""
        return self._room

    def at(self, vendor: str) -> Api:
        """Return one vendor's API as this account sees it; KeyError if it is not served."""
        if vendor not in self.keys:
            raise KeyError(f"{vendor} is not served: there are {', '.join(self.keys)}")
        return Api(vendor, self.house, self.keys[vendor])

    @property
    def requests(self) -> Requests:
        """All that has been answered, or has failed, so far."""
        self.house.quiet(self._room)
        return self._requests()

    def wait_for(self, operation: str, count: int = 1, timeout_s: float = 5.0) -> Requests:
        """Return once `count` requests of an operation are over; NotHeard after `timeout_s`."""
        with self._changed:
            is_there = self._changed.wait_for(
                lambda: len(self._requests().of(operation)) >= count, timeout_s
            )
        if not is_there:
            raise NotHeard(
                f"{operation} was to be called {count} times in {timeout_s:g} s; "
                f"heard so far:\n{self._requests()}"
            )
        return self._requests().of(operation)

    def outcomes(self) -> Iterator[tuple[str, Outcome, Conduct]]:
        """Yield what was found so far at each vendor that was asked.

        What went wrong with judging itself is raised here.
        """
        self.house.quiet(self._room)
        if self._errors:
            raise self._errors[0]
        with self._changed:
            conducts = dict(self._conducts)
        for vendor, conduct in conducts.items():
            outcome = conduct.outcome()
            outcome.about = About(contract=vendor, vendor=vendor, mode="client")
            yield vendor, outcome, conduct

    def leave(self) -> None:
        """Move out: the worlds are gone, the keys mean nobody."""
        self.house.leave(self._room)

    def _requests(self) -> Requests:
        with self._changed:
            conducts = dict(self._conducts)
        found = [pair for vendor, conduct in conducts.items() for pair in _sent(vendor, conduct)]
        return Requests(sent for _, sent in sorted(found, key=lambda pair: pair[0]))

    def _hear(self, vendor: str, heard: Heard) -> None:
        name, placed = self._placed(vendor, heard)
        with self._changed:
            if name not in self._conducts:
                self._conducts[name] = self._conduct(name)
            conduct = self._conducts[name]
            try:
                conduct.hear(placed)
            except Exception as error:  # noqa: BLE001  (the client is answered all the same)
                self._errors.append(error)
            self._changed.notify_all()

    def _conduct(self, vendor: str) -> Conduct:
        contract = specs.load(vendor)
        variable = f"{vendor.upper().replace('-', '_')}_API_KEY"
        key = with_key(contract, variable, self.keys[vendor])
        return Conduct(contract, roles_of(vendor), vendor=vendor, secrets=(key,) if key else ())

    def _placed(self, vendor: str, heard: Heard) -> tuple[str, Heard]:
        """Return whose request it is: of a path that is nobody's, that of the nearest name."""
        if vendor in self.keys:
            return vendor, heard
        nearest = get_close_matches(vendor, self.keys, n=1, cutoff=0.0)[0]
        request = heard.exchange.request
        asked = replace(request, target=f"/{vendor}{request.target}")
        return nearest, replace(heard, exchange=replace(heard.exchange, request=asked))


def _sent(vendor: str, conduct: Conduct) -> Iterator[tuple[int, Sent]]:
    course = conduct.course()
    for heard in course.heard:
        operation = course.operation_of(heard)
        name = str(operation.definition["operationId"]) if operation else ""
        yield heard.number, Sent(vendor, name, heard.exchange)
