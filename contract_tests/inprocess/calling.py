"""Which line of a client or test is sending: the nearest one that is no library's."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from types import FrameType
from urllib.parse import quote

_OURS = f"{Path(__file__).parents[1]}{os.sep}"
_LIBRARIES = (
    *{f"{sysconfig.get_path(name)}{os.sep}" for name in ("stdlib", "platstdlib")},
    f"{os.sep}site-packages{os.sep}",
    f"{os.sep}dist-packages{os.sep}",
)


def caller() -> str:
    """Return `path:line in function` of the nearest own line, or nothing."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  (made for this)
    while frame is not None and not _is_own(frame.f_code.co_filename):
        frame = frame.f_back
    return _worded(frame) if frame else ""


def as_header(line: str) -> str:
    """Return a line as it is carried by a header."""
    return quote(line, safe="/:. ()<>")


def _worded(frame: FrameType) -> str:
    path = frame.f_code.co_filename
    here = f"{Path.cwd()}{os.sep}"
    return f"{path.removeprefix(here)}:{frame.f_lineno} in {frame.f_code.co_name}"


def _is_own(path: str) -> bool:
    if path.startswith("<"):
        return path in {"<string>", "<stdin>"}
    return not path.startswith(_OURS) and not any(part in path for part in _LIBRARIES)
