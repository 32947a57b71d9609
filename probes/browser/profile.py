"""A profile directory that exists for one browser."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# 2 is "never": else the browser connects to a page's host before it has asked for the page, and
# the connection's phases fall outside the request's time.
_NO_PREDICTION = 2
_PREFERENCES = {
    "net": {"network_prediction_options": _NO_PREDICTION},
    "safebrowsing": {"enabled": False, "enhanced": False},
    "search": {"suggest_enabled": False},
    "signin": {"allowed": False, "allowed_on_next_startup": False},
    "dns_over_https": {"mode": "off"},
    "alternate_error_pages": {"enabled": False},
    "credentials_enable_service": False,
    "translate": {"enabled": False},
}


@contextmanager
def fresh_profile() -> Iterator[Path]:
    """Make the directory with its preferences, and remove it with all that came in later."""
    place = Path(tempfile.mkdtemp(prefix="probes-browser-"))
    try:
        (place / "Default").mkdir()
        (place / "Default" / "Preferences").write_text(json.dumps(_PREFERENCES))
        yield place
    finally:
        # What the dying browser still writes must not make an error of the measurement.
        shutil.rmtree(place, ignore_errors=True)
