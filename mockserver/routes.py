"""The table of operations that `mockserver routes` prints."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import specs
from mockserver import control
from mockserver import vendors as rooms
from mockserver.control import handlers as control_handlers

_ROOT = Path(__file__).parent.parent


def table(names: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a line for each operation: method, path, operationId, handler file and line."""
    rows = [
        (f"/{room.name}", row, room.handlers)
        for room in rooms.load(names)
        for row in specs.operations(room.name)
    ]
    if not names:
        contract = control.control_contract()
        rows += [("", row, control_handlers) for row in specs.rows(contract)]
    found = [
        (row.method, prefix + row.path, row.operation_id, _file(getattr(module, row.operation_id)))
        for prefix, row, module in rows
    ]
    widths = [max(len(row[column]) for row in found) for column in range(3)]
    for row in found:
        cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        yield "  ".join([*cells, row[3]])


def markdown() -> Iterator[str]:
    """Yield the rows of a Markdown table of all operations, for the README."""
    yield "| vendor | method | path | operationId | what it does |"
    yield "|---|---|---|---|---|"
    for name in specs.vendors():
        for row in specs.operations(name):
            path = f"`/{name}{row.path}`"
            yield f"| {name} | {row.method} | {path} | `{row.operation_id}` | {row.summary} |"


def _file(handler: object) -> str:
    handler = inspect.unwrap(handler)  # type: ignore[arg-type]
    path = Path(inspect.getsourcefile(handler) or "")  # type: ignore[arg-type]
    line = inspect.getsourcelines(handler)[1]  # type: ignore[arg-type]
    return f"{path.relative_to(_ROOT)}:{line}"
