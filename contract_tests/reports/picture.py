"""The picture of what was seen of an operation: its parameters over its documented statuses."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from contract_tests.run.coverage import Cell, OperationCoverage

# Units are CSS pixels at full size; on a narrow screen the whole picture shrinks.
_LABELS, _COLUMN, _ROW, _SQUARE = 104, 30, 15, 8
_LONGEST_LABEL = 17
_MANNERS = ("valid", "invalid", "absent")


def picture(operation: OperationCoverage) -> Markup:
    """Return an SVG: a column for each status, a row for each parameter.

    A cell has three squares: given as documented, given otherwise, left out. A square is filled
    where a request of that kind was answered with that status.
    """
    width = _LABELS + _COLUMN * len(operation.statuses)
    height = _ROW * (1 + len(operation.parameters)) + 4
    parts = Markup("").join([*_heads(operation), *_rows(operation)])
    return Markup(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" style="max-width:{}px">{}</svg>'
    ).format(_said(operation), width, height, width * 1.25, parts)


def _said(operation: OperationCoverage) -> str:
    seen = [status for status, count in operation.statuses.items() if count]
    unseen = ", ".join(operation.unseen) or "nothing was missed"
    return f"{operation.label}: answered with {', '.join(seen) or 'nothing documented'}; {unseen}"


def _heads(operation: OperationCoverage) -> Iterator[Markup]:
    for column, (status, count) in enumerate(operation.statuses.items()):
        kind = "seen" if count else "unseen"
        x = _LABELS + column * _COLUMN
        head = Markup('<text class="{}" x="{}" y="11"><title>{} times</title>{}</text>')
        yield head.format(kind, x, count, status)


def _rows(operation: OperationCoverage) -> Iterator[Markup]:
    for row, (name, total) in enumerate(operation.parameters.items(), start=1):
        y = row * _ROW
        shown = name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…"
        label = Markup('<text class="{}" x="0" y="{}"><title>{}</title>{}</text>')
        yield label.format("seen" if total.given else "unseen", y + 11, name, shown)
        for column, status in enumerate(operation.statuses):
            cell = operation.matrix.get(status, {}).get(name, Cell())
            yield from _squares(cell, _LABELS + column * _COLUMN, y, f"{name}, {status}")


def _squares(cell: Cell, x: int, y: int, place: str) -> Iterator[Markup]:
    counts = (cell.valid, cell.invalid, cell.absent)
    for number, (manner, count) in enumerate(zip(_MANNERS, counts, strict=True)):
        square = Markup(
            '<rect class="{}" x="{}" y="{}" width="{}" height="10"><title>{}</title></rect>'
        )
        kind = manner if count else "blank"
        told = f"{place}, {manner}: {count}"
        yield square.format(kind, x + number * (_SQUARE + 1), y + 2, _SQUARE, told)
