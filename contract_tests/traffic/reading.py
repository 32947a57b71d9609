"""Recordings → what was heard of one vendor, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contract_tests.conduct.heard import Heard
from contract_tests.proxy.recording import BASE
from contract_tests.reports.counted import counted
from contract_tests.reports.product import NAME
from contract_tests.traffic.belonging import Belonging, of_contract, of_url
from contract_tests.traffic.elsewhere import Elsewhere
from contract_tests.traffic.entries import Pieces, pieces
from contract_tests.traffic.entry import Entry, NotEntry, entry
from contract_tests.traffic.redacted import Redacted

_APART_S = 3600.0  # between requests whose times are not told: nothing can be said of them


@dataclass(slots=True)
class Recorded:
    """What recordings tell of a vendor, in the order in which requests began.

    `base` is the base URL that a recording of our own names. `others` counts requests that are
    not the vendor's by host; `left_out` counts others by the reason. `broken` names files that
    end too early, or hold what is no JSON, with line and reason. `elsewhere` are those of the
    others to which an answer of the vendor has led. `redacted` counts requests without the
    credentials that they had.
    """

    entries: list[Heard] = field(default_factory=list)
    elsewhere: list[Heard] = field(default_factory=list)
    base: str = ""
    others: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    redacted: int = 0

    @property
    def notes(self) -> list[str]:
        """What was left out, in words."""
        notes = [f"{counted(count, why)}: left out" for why, count in self.left_out.items()]
        if self.redacted:
            saved = counted(self.redacted, "requests were saved without credentials")
            notes.append(f"{saved}: nobody is accused of that")
        if self.others:
            count, hosts = sum(self.others.values()), len(self.others)
            notes.append(
                f"{counted(count, 'requests')} to {counted(hosts, 'other hosts')}: "
                f"left out ({self.hosts})"
            )
        return notes

    @property
    def hosts(self) -> str:
        """The hosts of other requests, those with most of them first, a few."""
        names = [host for host, _ in self.others.most_common(8)]
        return ", ".join(names) + (", …" if len(self.others) > len(names) else "")


def recorded(files: Sequence[Path], contract: Mapping[str, Any], base_url: str = "") -> Recorded:
    """Read files; NotRecording if one is no HAR. `base_url` is where the vendor was asked."""
    found, entries, elsewhere = Recorded(), list[tuple[Entry, str]](), Elsewhere()
    for file in files:
        opened = pieces(file)
        base = base_url or _own_base(opened)
        found.base = found.base or base
        belonging = of_url(base, contract) if base else of_contract(contract)
        entries += _belonging(opened, belonging, found, elsewhere)
        found.broken += opened.broken
    redacted = Redacted(contract)
    ordered = _in_order([one for one, _ in entries])
    targets = {id(one): target for one, target in entries}
    for number, (one, began_s) in enumerate(ordered, 1):
        heard = _heard(one, targets[id(one)], number, began_s)
        found.entries.append(redacted.restored(heard))
    for one in elsewhere.followed():
        target, began_s = one.exchange.request.target, one.began_s or 0.0
        found.elsewhere.append(_heard(one, target, 0, began_s))
    found.redacted = redacted.count
    return found


def _own_base(opened: Pieces) -> str:
    is_own = opened.creator == NAME and opened.comment.startswith(BASE)
    return opened.comment.removeprefix(BASE) if is_own else ""


def _belonging(
    opened: Pieces, belonging: Belonging, found: Recorded, elsewhere: Elsewhere
) -> Iterator[tuple[Entry, str]]:
    for told in opened.entries():
        try:
            one = entry(told)
        except NotEntry as why:
            found.left_out[str(why)] += 1
            continue
        target = belonging.target(one.exchange.url)
        if target is None:
            found.others[str(urlsplit(one.exchange.url).netloc)] += 1
            elsewhere.other(one)
        else:
            elsewhere.own(one)
            yield one, target


def _in_order(entries: list[Entry]) -> list[tuple[Entry, float]]:
    """Return entries with their times; where none is told, an hour after what stands before."""
    # A clock of whole seconds says no more than that it was before the second was over.
    moments = [one.began_s for one in entries if one.began_s is not None]
    is_coarse = len(moments) > 1 and all(moment == int(moment) for moment in moments)
    timed, last_s = list[tuple[Entry, float]](), 0.0
    for one in entries:
        began_s = last_s + _APART_S if one.began_s is None else one.began_s
        timed.append((one, began_s + (0.999 if is_coarse else 0.0)))
        last_s = began_s + one.spent_s
    if all(one.began_s is not None for one in entries):
        timed.sort(key=lambda pair: pair[1])
    return timed


def _heard(one: Entry, target: str, number: int, began_s: float) -> Heard:
    told = one.exchange
    exchange = replace(told, request=replace(told.request, target=target), at=began_s)
    ended_s = max(began_s, (one.began_s if one.began_s is not None else began_s) + one.spent_s)
    return Heard(
        exchange,
        number,
        began_s,
        ended_s,
        given_up=one.given_up,
        request_cut=one.request_cut,
        answer_cut=one.answer_cut,
        recorded=True,
        headers_untold=not told.request.headers,
    )
