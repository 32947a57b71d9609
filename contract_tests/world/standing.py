"""What the headers of an answer tell of a limit: how much, how much is left, until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from contract_tests.roles.model import RateLimit
from contract_tests.wire.exchange import Exchange, Response

_DAY_S = 86_400
_CLOCKS_DIFFER_S = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """One answer's headers, as texts; `at_s` is the server's own time in Unix seconds, if told."""

    exchange: Exchange
    limit: str | None
    remaining: str | None
    reset: str | None
    at_s: float | None

    @property
    def is_told(self) -> bool:
        """Say whether both numbers are there."""
        return all(text is not None and _is_number(text) for text in (self.limit, self.remaining))

    @property
    def most(self) -> int:
        """The size of the allowance."""
        return int(self.limit or 0)

    @property
    def left(self) -> int:
        """What is left of it."""
        return int(self.remaining or 0)

    def faults(self, names: RateLimit) -> Iterator[tuple[str, str, str, str]]:
        """Yield header, message, received and expected of what is wrong by itself."""
        for name, text in zip(
            _headers(names), (self.limit, self.remaining, self.reset), strict=True
        ):
            if text is not None and not _is_number(text):
                yield name, f"`{name}` is not a whole number.", text, "a whole number"
        if self.is_told:
            yield from self._numbers(names)
        if self.reset is not None and _is_number(self.reset):
            yield from self._moment(names.reset, int(self.reset))

    def _numbers(self, names: RateLimit) -> Iterator[tuple[str, str, str, str]]:
        if self.most < 1:
            yield names.limit, "The limit allows nothing.", str(self.most), "1 or more"
        if self.left < 0:
            yield names.remaining, "Less than nothing is left.", str(self.left), "0 or more"
        if self.left > self.most:
            message = "More is left than the limit allows."
            yield names.remaining, message, str(self.left), f"at most {self.most}"

    def _moment(self, name: str, reset_s: int) -> Iterator[tuple[str, str, str, str]]:
        if self.at_s is None:
            return
        if reset_s < self.at_s - _CLOCKS_DIFFER_S:
            yield (
                name,
                "The allowance was reset in the past.",
                str(reset_s),
                f"{self.at_s:.0f} or later",
            )
        elif reset_s > self.at_s + _DAY_S:
            message = "The moment of the reset is more than a day away, or not in seconds."
            yield name, message, str(reset_s), f"within a day of {self.at_s:.0f}"


def standing(exchange: Exchange, names: RateLimit) -> Standing:
    """Read the headers of an answer."""
    response = exchange.response
    limit, remaining, reset = (
        response.header(name) if response and name else None for name in _headers(names)
    )
    return Standing(exchange, limit, remaining, reset, _date_s(response))


def _headers(names: RateLimit) -> tuple[str, str, str]:
    return names.limit, names.remaining, names.reset


def _is_number(text: str) -> bool:
    # ASCII digits only: int() takes others, and underscores.
    return text.lstrip("-").isascii() and text.lstrip("-").isdigit()


def _date_s(response: Response | None) -> float | None:
    try:
        return parsedate_to_datetime((response and response.header("Date")) or "").timestamp()
    except ValueError:
        return None
