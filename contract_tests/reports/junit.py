"""JUnit XML as Jenkins, GitLab and others read it: a test case for each step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from contract_tests.reports.clean import clean, one_line
from contract_tests.reports.record import Entry, Report, Step


def junit(report: Report) -> str:
    """Return a `testsuites` document: causes are failures, what was not tried is skipped.

    Where a cause was seen in several steps it is told in the first, and named in the others. A
    flaky one is a `flakyFailure`; an assumption or a known one stands in the output of its step.
    """
    cases = _Cases(report)
    for step in report.steps:
        cases.add(step)
    cases.add_rest()
    return cases.written()


class _Cases:
    """The test cases of one report, as they are added."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._entries = {entry.id: entry for entry in report.entries}
        self._told: set[str] = set()
        self._suite = Element("testsuite")
        properties = SubElement(self._suite, "properties")
        for name, value in _properties(report).items():
            SubElement(properties, "property", {"name": name, "value": clean(str(value))})

    def add(self, step: Step) -> None:
        case = self._case(step.rule, step.name, step.elapsed_s)
        if step.verdict == "not tried":
            SubElement(case, "skipped", {"message": one_line(step.reason)})
        if step.verdict == "error":
            error = SubElement(case, "error", {"message": one_line(step.reason), "type": "error"})
            error.text = clean(step.trace or step.reason)
        self._findings(case, [self._entries[i] for i in step.causes if i in self._entries])

    def add_rest(self) -> None:
        """Add what belongs to no step, so that nothing is lost."""
        for entry in self._report.entries:
            if entry.id not in self._told:
                name = f"{entry.operation} {entry.field}".strip()
                self._findings(self._case(entry.rule, name), [entry])
        for name in self._report.vanished:
            message = {"message": f"known, but not seen: {one_line(name)}", "type": "vanished"}
            SubElement(self._case("baseline", name), "failure", message)
        if self._report.cut_off:
            case = self._case("run", "ran to its end")
            SubElement(case, "skipped", {"message": one_line(self._report.cut_off)})

    def written(self) -> str:
        counts = {
            "tests": _count(self._suite, "testcase"),
            "failures": _count(self._suite, "testcase/failure"),
            "errors": _count(self._suite, "testcase/error"),
        }
        skipped = _count(self._suite, "testcase/skipped")
        began = datetime.fromtimestamp(self._report.began_at, UTC).replace(tzinfo=None)
        time = {"time": f"{self._report.elapsed_s:.3f}"}
        more = {"skipped": skipped, "timestamp": began.isoformat(timespec="seconds")}
        title = clean(f"contract-tests {self._report.contract}".strip())
        self._suite.attrib |= {"name": title, **counts, **more, **time}
        root = Element("testsuites", {"name": "contract-tests", **counts, **time})
        root.append(self._suite)
        text: str = tostring(root, "unicode")
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + text + "\n"

    def _case(self, rule: str, name: str, elapsed_s: float = 0.0) -> Element:
        group = clean(f"{self._report.contract}.{rule}")
        named = {"classname": group, "name": one_line(name) or rule, "time": f"{elapsed_s:.3f}"}
        return SubElement(self._suite, "testcase", named)

    def _findings(self, case: Element, entries: list[Entry]) -> None:
        news = [entry for entry in entries if entry.is_news]
        if news:
            message = "; ".join(dict.fromkeys(one_line(entry.message) for entry in news))
            kind = {"message": one_line(message, 1000), "type": news[0].label}
            SubElement(case, "failure", kind).text = self._texts(news)
        for entry in entries:
            if entry.flaky:
                kind = {"message": one_line(entry.message), "type": entry.grade.value}
                SubElement(case, "flakyFailure", kind).text = self._texts([entry])
        quiet = [entry for entry in entries if not entry.is_news and not entry.flaky]
        if quiet:
            SubElement(case, "system-out").text = self._texts(quiet)

    def _texts(self, entries: Iterable[Entry]) -> str:
        texts = [f"{e.id}: told above" if e.id in self._told else _text(e) for e in entries]
        self._told |= {entry.id for entry in entries}
        return clean("\n\n".join(texts))


def _text(entry: Entry) -> str:
    lines = (
        f"{entry.label}: {entry.operation} {entry.field}",
        entry.message,
        f"received: {entry.received}",
        f"expected: {entry.expected}",
        entry.document,
        entry.caller and f"at {entry.caller}",
        entry.curl,
    )
    return "\n".join(filter(None, lines))


def _properties(report: Report) -> dict[str, object]:
    said = {"target": report.target, "mode": report.mode, "requests": report.requests}
    cut = {"cut_off": report.cut_off} if report.cut_off else {}
    covered = {"coverage": report.coverage} if report.coverage else {}
    client = {"command": report.command} if report.command else {}
    code = {} if report.child_code is None else {"child_code": report.child_code}
    return {**said, "seed": report.seed, **covered, **cut, **client, **code}


def _count(suite: Element, path: str) -> str:
    return str(len(suite.findall(path)))
