"""The terminal: what was found, grouped by cause, gravest first; plain where it is no terminal."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from contract_tests.reports.clean import clean, one_line
from contract_tests.reports.counted import counted
from contract_tests.reports.record import Entry, Report, Step

_COLOURS = {"breach": "red", "drift": "yellow", "assumption": "cyan"}
_LONGEST = 2000
_PLAIN_WIDTH = 100
_MOST_NAMES = 5
_FEW = 2


def text(report: Report) -> str:
    """Return the summary as plain text, without colours."""
    paper = StringIO()
    show(report, Console(file=paper, width=_PLAIN_WIDTH, color_system=None, highlight=False))
    return "".join(f"{line.rstrip()}\n" for line in paper.getvalue().split("\n")[:-1])


def show(report: Report, console: Console) -> None:
    """Print the summary; curl lines stay whole, so that they can be copied."""
    for entries in _alike(report.entries):
        _show_entry(entries[0], console, entries[1:])
    _show_list(console, "Known, and not seen any more", report.vanished)
    _show_list(console, "Could not be removed, and is still there", report.left_over)
    _show_list(console, "Errors of this run", _steps(report.errors))
    _show_list(console, "Not tried", _steps(report.not_tried))
    _show_list(console, "Notes", report.notes)
    for line in _facts(report):
        console.print(Text(clean(line)), soft_wrap=True)
    grave = report.counts["breach"] or report.counts["drift"] or report.vanished
    console.print(Text(report.verdict, style="bold red" if grave else "bold green"))


def _alike(entries: tuple[Entry, ...]) -> list[list[Entry]]:
    """Put together what says the same of many operations: most often it is one fault."""
    found: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        said = entry.message.partition("(")[0]
        key = (entry.label, entry.state, entry.rule, entry.field, said)
        found.setdefault(key, []).append(entry)
    # Two alike are few enough to be read one by one.
    groups = (
        [group] if len(group) > _FEW else [[one] for one in group] for group in found.values()
    )
    return [each for parts in groups for each in parts]


def _show_entry(entry: Entry, console: Console, alike: Sequence[Entry] = ()) -> None:
    colour = _COLOURS.get(entry.label, "bright_black")
    count = entry.count + sum(one.count for one in alike)
    # The text says the grade too: colour alone tells nothing to many.
    head = Text.assemble(
        (entry.label, f"bold {colour}"),
        (f"  {one_line(entry.rule)}  ", "bold"),
        f"{one_line(entry.operation)} {one_line(entry.field)}".rstrip(),
        f"  (seen {count} times)" if count > 1 else "",
        "  new" if entry.state == "new" else "",
    )
    console.print(head, soft_wrap=True)
    _say(entry.message, console)
    console.print(Padding(_side_by_side(entry, console.width - 2), (0, 0, 0, 2), expand=False))
    also = dict.fromkeys([*entry.operations[1:], *(n for one in alike for n in one.operations)])
    if also:
        _say(f"also in {', '.join(map(one_line, also))}", console)
    if entry.document:
        _say(entry.document, console, "italic")
    if entry.caller:
        _say(f"at {one_line(entry.caller)}", console, "bold")
    if entry.curl:
        console.print(Text(f"  {entry.curl}"), soft_wrap=True)
    console.print()


def _say(said: str, console: Console, style: str = "") -> None:
    # The terminal itself breaks lines, so that what is copied has no breaks of ours.
    console.print(Text(f"  {clean(said)[:_LONGEST]}", style=style), soft_wrap=True)


def _side_by_side(entry: Entry, width: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), width=min(width, 120))
    for name in ("received", "expected"):
        table.add_column(name, ratio=1, overflow="fold", header_style="bold")
    table.add_row(*(Text(clean(side)[:_LONGEST]) for side in (entry.received, entry.expected)))
    return table


def _show_list(console: Console, title: str, rows: tuple[str, ...] | list[str]) -> None:
    if not rows:
        return
    console.print(Text(f"{title}: {len(rows)}", style="bold"))
    for row in rows:
        _say(one_line(row), console)
    console.print()


def _steps(steps: tuple[Step, ...]) -> list[str]:
    """Name steps with their reason; those that share one stand together, a few by name."""
    by_reason: dict[str, list[str]] = {}
    for step in steps:
        by_reason.setdefault(step.reason, []).append(step.name)
    return [f"{_few(names)}: {reason}" for reason, names in by_reason.items()]


def _few(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _facts(report: Report) -> list[str]:
    passed = sum(1 for step in report.steps if step.verdict == "passed")
    steps = f"{passed} of {len(report.steps)} steps passed, " if report.steps else ""
    lines = [f"{steps}{counted(report.requests, 'requests')} in {report.elapsed_s:.1f} s"]
    lines += [f"covered: {report.coverage}"] if report.coverage else []
    lines += [f"cut off: {report.cut_off}"] if report.cut_off else []
    if report.child_code is not None:
        lines.append(f"the client ended with {report.child_code}: {report.command}")
    return lines if report.is_of_client else [*lines, f"repeat with --seed {report.seed}"]
