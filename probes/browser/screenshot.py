"""A picture of a page."""

import base64


class Screenshot:
    """A picture in the PNG format; in JSON a data: URL."""

    __slots__ = ("png",)

    def __init__(self, png: bytes) -> None:
        self.png = png

    def __repr__(self) -> str:
        """Say how large it is, not what it shows."""
        return f"<Screenshot of {len(self.png)} bytes>"

    def __str__(self) -> str:
        """Write it in a way that fits into JSON."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"
