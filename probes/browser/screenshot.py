"""A picture of a page."""

import base64
from typing import Any


class Screenshot:
    """A picture in the PNG format; in JSON a data: URL."""

    __slots__ = ("png",)

    def __init__(self, png: bytes) -> None:
        self.png = png

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same picture, byte for byte."""
        return isinstance(other, Screenshot) and self.png == other.png

    def __hash__(self) -> int:
        """Follow equality."""
        return hash(self.png)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let a letter carry the bytes."""
        del source, handler
        from probes.remote.schemas import screenshot_schema  # noqa: PLC0415 - for letters only

        return screenshot_schema()

    def __repr__(self) -> str:
        """Say how large it is, not what it shows."""
        return f"<Screenshot of {len(self.png)} bytes>"

    def __str__(self) -> str:
        """Write it in a way that fits into JSON."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"
