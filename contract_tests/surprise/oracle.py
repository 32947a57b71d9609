"""What a client made of a surprise: nothing, or a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from contract_tests.client.ran import Ran
from contract_tests.conduct.heard import Heard
from contract_tests.findings.finding import Finding, Grade
from contract_tests.surprise.book import Book
from contract_tests.surprise.crashes import Crash, asserts, crash_in
from contract_tests.surprise.kind import Expect, Kind
from contract_tests.surprise.kinds import BY_NAME
from contract_tests.surprise.surprise import Surprise
from contract_tests.wire.exchange import Exchange

SURVIVED, NOTICED = "answers_are_survived", "errors_are_noticed"
FOLLOWED, SHORT = "empty_pages_are_passed", "short_pages_are_passed"
SENTENCES = {
    SURVIVED: "A client lives with every answer that the contract allows.",
    NOTICED: "A client that is refused, or gets half an answer, does not go on as if nothing was.",
    FOLLOWED: "A client that follows pages does not stop at an empty one that names a next.",
    SHORT: "A client that follows pages does not stop at a short one that names a next.",
}
_SPEAKS = re.compile(
    r"err|fail|warn|exce|denied|refus|reject|unauth|forbid|invalid|not found|unable|could ?n[o']t"
    r"|cannot|can't|too many|limit|retry|retri|again|timed? ?out|abort|broken|incomplete|reset"
    r"|closed|cut|disconnect|terminated|traceback|panic|unavailable|bad |skip|missing|unexpected"
    r"|fehl|fall[aoóe]|rechaz|denegad|no se pud|imposs?ible|échou"
    r"|status|http(?!s?://)|\b[45]\d\d\b",
    re.IGNORECASE,
)
_WAITS = re.compile(r"time[d ]*-?out|deadline|too slow", re.IGNORECASE)
# An exception about a status is no slip, whatever its class; a ValueError may be anything.
_REFUSAL = re.compile(r"\b[45]\d\d\b|HTTP|status|^(?:E +)?ValueError")
_QUIETLY_MEANT = frozenset({404, 409, 410, 412})  # often an answer to a question: it is not there
_CERTAIN = re.compile(
    r"^(?:KeyError|AttributeError|IndexError|NameError|UnboundLocalError)\b"
    r"|Cannot (?:read|set|destructure)|is not (?:a function|iterable|defined)"
)
_MILDEST = (Grade.ASSUMPTION, Grade.DRIFT, Grade.BREACH)
# What goes on until a value is another one, or ends badly with it, may be meant to.
_OTHER_VALUES = frozenset({"value", "word_other", "ending"})
_GONE = frozenset({404, 410})
_MEANT_TO_LAST = "late"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is held against a client: a rule, a grade, and what was seen."""

    rule: str
    grade: Grade
    received: str
    expected: str
    note: str = ""


def verdict(kind: Kind, surprise: Surprise, plain: Ran, ran: Ran) -> Verdict | None:
    """Return what a run with one surprise holds against the client, or None."""
    if not reached(surprise, ran):
        return None
    if ran.hung:
        return None if kind.name == _MEANT_TO_LAST else _hung(kind, surprise, ran)
    if kind.expects is Expect.SURVIVE:
        return _survived(kind, plain, ran)
    return _coped(kind, surprise, plain, ran)


def mildest(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Return the one that weighs least: of several surprises it is not known which it was."""
    return min(verdicts, key=lambda each: _MILDEST.index(each.grade), default=None)


def suspicious(plain: Ran, ran: Ran) -> bool:
    """Say whether a run with many surprises went otherwise than the plain one."""
    return ran.hung or ran.code != plain.code or _new_crash(plain, ran) is not None


def is_known(surprise: Surprise, books: Mapping[str, Book]) -> bool:
    """Say whether there are such an operation and such a kind."""
    book = books.get(surprise.vendor)
    return bool(book and surprise.operation_id in book.operations and surprise.kind in BY_NAME)


def reached(surprise: Surprise, ran: Ran) -> bool:
    """Say whether a surprise was given at all."""
    return any(surprise.id in heard.surprise.split("+") for _, heard in ran.heard)


def finding(found: Verdict, surprise: Surprise, ran: Ran, book: Book) -> Finding:
    """Return a verdict as a finding, with the exchange that shows it."""
    kind = BY_NAME[surprise.kind]
    shown = _exchange(surprise, ran)
    operation = book.operations[surprise.operation_id]
    code = shown.exchange.status if shown else 200
    pointer = surprise.place if surprise.place.startswith("/") else ""
    statement = book.selector(surprise.operation_id, code, pointer.partition("=")[0])
    is_error = kind.expects is Expect.COPE and code >= 400
    told = f"{found.note} " if found.note else ""
    where = f"{surprise.place}: " if surprise.place else ""
    return Finding(
        rule=found.rule,
        operation=f"{operation.method.upper()} {operation.template}",
        place=_place(surprise),
        message=f"{where}{kind.sentence} {told}".rstrip(),
        received=found.received,
        expected=found.expected,
        exchanges=(replace(shown.exchange),) if shown else (),
        statement=statement if pointer or is_error else "",
        source=kind.source if not kind.aspect else "",
        grade=found.grade,
        aspect=kind.aspect,
    )


def _place(surprise: Surprise) -> str:
    where = surprise.place.partition("=")[0]
    return f"{where} ({surprise.kind})" if where else surprise.kind


def _survived(kind: Kind, plain: Ran, ran: Ran) -> Verdict | None:
    crash = _new_crash(plain, ran)
    if crash is None and ran.code == plain.code:
        return None
    output = _output(ran)
    expected = f"exit {plain.code}, as without it"
    seen = f"{_code(ran)}: {crash}" if crash else f"{_code(ran)}{_last_line(ran)}"
    if crash is None and asserts(output):
        note = "A test of the client's own says so: it may expect other values."
        return Verdict(SURVIVED, Grade.ASSUMPTION, seen, expected, note)
    if crash is None and (kind.may_refuse or _WAITS.search(output)):
        note = "It ended in good order: that may be what is wanted."
        return Verdict(SURVIVED, Grade.ASSUMPTION, seen, expected, note)
    return Verdict(SURVIVED, kind.grade, seen, expected, _crashed(crash))


def _coped(kind: Kind, surprise: Surprise, plain: Ran, ran: Ran) -> Verdict | None:
    is_cut = kind.name.startswith("cut_")
    crash = _new_crash(plain, ran, reading=not is_cut)
    if is_cut and crash and not crash.is_own and ran.code > 0:
        crash = None  # what the connection said, in an exception of a library
    if crash and _refuses(crash) and ran.code > 0:
        crash = None
    if crash is not None or ran.code < 0:
        expected = "an error that is told as such, or another attempt"
        seen = f"{_code(ran)}: {crash or 'a signal'}"
        return Verdict(SURVIVED, kind.grade, seen, expected, _crashed(crash))
    if kind.first or ran.code != plain.code or _speaks(plain, ran):
        return None
    return _unnoticed(kind, surprise, plain, ran, is_cut=is_cut)


def _crashed(crash: Crash | None) -> str:
    """Say where, if its output tells: the line of the request is another one."""
    return f"It crashed at {crash.at}." if crash and crash.at else ""


def _refuses(crash: Crash) -> bool:
    """Say whether it is a refusal in the words of the client."""
    return not _CERTAIN.search(crash.line) and _REFUSAL.search(crash.line) is not None


def _unnoticed(
    kind: Kind, surprise: Surprise, plain: Ran, ran: Ran, *, is_cut: bool
) -> Verdict | None:
    if ran.code != 0 or _recovered(surprise, ran):
        return None
    said = "and says not a word of it" if _output(plain).strip() else "and says nothing at all"
    what = "half an answer" if is_cut else "an error"
    expected = f"{what} is told, or makes the client fail"
    return Verdict(NOTICED, _gravity(kind, surprise, plain), f"exit 0, {said}", expected)


def _gravity(kind: Kind, surprise: Surprise, plain: Ran) -> Grade:
    """Return how grave silence is: a client that never says anything may write elsewhere."""
    code = int(surprise.place) if surprise.place.isdigit() else 0
    if code in _QUIETLY_MEANT:
        return Grade.ASSUMPTION
    return kind.grade if _output(plain).strip() else Grade.DRIFT


def _hung(kind: Kind, surprise: Surprise, ran: Ran) -> Verdict:
    expected = "an end, of one kind or the other"
    seen = f"stopped after {ran.elapsed_s:.0f} s, with {len(ran.heard)} requests sent"
    asked = sum(1 for _ in _given(surprise, ran))
    if kind.name in _OTHER_VALUES:
        note = "It may wait for another value: that may be what is wanted."
        return Verdict(SURVIVED, Grade.ASSUMPTION, seen, expected, note)
    if kind.expects is Expect.COPE and asked > 1 and asked < ran.elapsed_s * 2:
        note = "It goes on trying, with pauses: that may be what is wanted."
        return Verdict(SURVIVED, Grade.ASSUMPTION, seen, expected, note)
    return Verdict(SURVIVED, Grade.BREACH, seen, expected)


def _recovered(surprise: Surprise, ran: Ran) -> bool:
    """Say whether each request was answered well later on: a deletion, that it was done."""
    last = {_line(heard): heard.number for _, heard in _given(surprise, ran)}
    done = {
        _line(heard)
        for _, heard in ran.heard
        if heard.number > last.get(_line(heard), heard.number) and _is_done(heard.exchange)
    }
    return bool(last) and done == last.keys()


def _line(heard: Heard) -> tuple[str, str]:
    return heard.exchange.request.method, heard.exchange.request.target


def _is_done(exchange: Exchange) -> bool:
    return exchange.ok or (exchange.request.method == "DELETE" and exchange.status in _GONE)


def _given(surprise: Surprise, ran: Ran) -> Iterator[tuple[str, Heard]]:
    return (pair for pair in ran.heard if surprise.id in pair[1].surprise.split("+"))


def _exchange(surprise: Surprise, ran: Ran) -> Heard | None:
    return next((heard for _, heard in _given(surprise, ran)), None)


def _new_crash(plain: Ran, ran: Ran, *, reading: bool = True) -> Crash | None:
    found = crash_in(_output(ran), reading=reading)
    known = crash_in(_output(plain))
    return found if found and (known is None or known.line != found.line) else None


def _speaks(plain: Ran, ran: Ran) -> bool:
    before = set(_output(plain).splitlines())
    return any(_SPEAKS.search(line) for line in _output(ran).splitlines() if line not in before)


def _output(ran: Ran) -> str:
    return f"{ran.out}\n{ran.err}"


def _code(ran: Ran) -> str:
    return f"signal {-ran.code}" if ran.code < 0 else f"exit {ran.code}"


def _last_line(ran: Ran) -> str:
    lines = [line.strip() for line in f"{ran.out}\n{ran.err}".splitlines() if line.strip()]
    return f": {lines[-1][:160]}" if lines else ""
