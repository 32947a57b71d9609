"""A client follows redirects to an end, and shows its credential to no other host."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.signs import none_of
from contract_tests.conduct.reactions.walks import walks
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "redirects_are_bounded"
_RFC = "RFC 9110, 15.4"
_MOST = 50  # the largest default there is (curl's); others stop at 10 to 30
_HERE = frozenset({"localhost", "127.0.0.1"})


def _check(course: Course) -> Iterator[Finding]:
    hops: list[Heard] = []
    for before, after in _followed(course):
        hops = [*hops, after] if hops and hops[-1] is before else [before, after]
        if before.asker and after.asker == before.asker and _is_elsewhere(before, after):
            yield _shown_elsewhere(course, before, after)
            break
        if len(hops) > _MOST + 1:
            yield _endless(course, hops)
            break
    yield from _linked_elsewhere(course)
    yield from _led_elsewhere(course)


def _followed(course: Course) -> Iterator[tuple[Heard, Heard]]:
    """Yield redirects with the request that followed each."""
    waiting: dict[str, Heard] = {}
    for one in course.heard:
        before = waiting.pop(one.exchange.url, None)
        if before is not None:
            yield before, one
        address = _address(one)
        if address:
            waiting[address] = one


def _address(heard: Heard) -> str:
    response = heard.exchange.response
    if response is None or response.status not in {301, 302, 303, 307, 308}:
        return ""
    location = response.header("Location") or ""
    try:
        return urljoin(heard.exchange.url, location).partition("#")[0] if location else ""
    except ValueError:
        return ""


def _linked_elsewhere(course: Course) -> Iterator[Finding]:
    for pages in walks(course):
        # They are told apart by path only, so a link to another host is among them.
        links = {page.next: page.heard for page in pages if page.next}
        for page in pages:
            source = links.get(page.heard.exchange.url)
            if source is not None and source.asker and _is_elsewhere(source, page.heard):
                yield _shown_elsewhere(course, source, page.heard)
                return


def _led_elsewhere(course: Course) -> Iterator[Finding]:
    """Find a credential at a host that is none of the vendor's."""
    for one in course.elsewhere:
        askers = (o for o in (*course.heard, *course.elsewhere) if one.asker == o.asker)
        before = next((o for o in askers if o is not one and _leads_to(o, one)), None)
        if before is not None and one.asker and _is_elsewhere(before, one):
            yield _shown_elsewhere(course, before, one)
            return


def _leads_to(before: Heard, after: Heard) -> bool:
    response, url = before.exchange.response, after.exchange.url
    if response is None or before.began_s > after.began_s:
        return False
    return _address(before) == url or url.encode() in response.body.replace(rb"\/", b"/")


def _is_elsewhere(before: Heard, after: Heard) -> bool:
    return _host(before.exchange.url) != _host(after.exchange.url)


def _host(url: str) -> tuple[str, str]:
    name, _, port = urlsplit(url).netloc.rpartition("@")[2].lower().partition(":")
    return "localhost" if name in _HERE else name, port


def _shown_elsewhere(course: Course, before: Heard, after: Heard) -> Finding:
    return course.finding(
        _NAME,
        "The client shows its credential to another host, to which an answer has led it.",
        before,
        after,
        received=f"the credential of {urlsplit(before.exchange.url).netloc} "
        f"at {urlsplit(after.exchange.url).netloc}",
        expected="no credential there",
        source=_RFC,
        about="another host",
    )


def _endless(course: Course, hops: list[Heard]) -> Finding:
    return course.finding(
        _NAME,
        "The client follows redirects without end.",
        hops[0],
        hops[-1],
        received=f"{len(hops) - 1} redirects followed, one after the other",
        expected="an end where redirects go in circles",
        source=_RFC,
        about="redirects",
        grade=Grade.DRIFT,
    )


def _untried(course: Course) -> str:
    if course.elsewhere:
        return ""
    return none_of(course.heard, _address, "no answer was a redirect")


RULE = CourseRule(
    name=_NAME,
    sentence="A client follows redirects to an end, and shows its credential to no other host.",
    check=_check,
    source=_RFC,
    untried=_untried,
)
