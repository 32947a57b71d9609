"""What stops a measurement before its browser has opened the page."""

from probes.errors import ProbeError


class BrowserMissing(ProbeError):
    """No Chromium where one was looked for."""

    def __init__(self, sought: str) -> None:
        super().__init__(
            f"No browser was found ({sought}): install Debian's chromium package, or name"
            " a Chromium or Chrome with --browser PATH."
        )


class BrowserFailed(ProbeError):
    """A browser that is there and does not start."""

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(f"The browser {program} does not start: {reason}.")


class GuardFailed(ProbeError):
    """The process that stands between the browser and the network does not start."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The browser's guard does not start: {reason}.")
