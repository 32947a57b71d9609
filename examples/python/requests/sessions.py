"""Signs out everybody whose session at ngrok is older than a day."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

ATTEMPTS = 4


class Sessions:
    """The application sessions of an ngrok account."""

    def __init__(
        self,
        http: requests.Session,
        url: str,
        key: str,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._http, self._url, self._sleep = http, url.rstrip("/"), sleep
        http.headers.update({"Authorization": f"Bearer {key}", "Ngrok-Version": "2"})

    def all(self) -> Iterator[dict[str, Any]]:
        """Yield every session, page by page."""
        address: str | None = f"{self._url}/app/sessions?limit=100"
        while address:
            page = self._ask("GET", address).json()
            yield from page["application_sessions"]
            address = page.get("next_page_uri")

    def sign_out(self, session_id: str) -> bool:
        """End a session; False if it had ended already."""
        answer = self._ask("DELETE", f"{self._url}/app/sessions/{session_id}", also=404)
        return answer.status_code == 204

    def _ask(self, method: str, address: str, also: int = 0) -> requests.Response:
        for attempt in range(ATTEMPTS):
            answer = self._http.request(method, address, timeout=10)
            if answer.status_code not in (429, 500, 503):
                break
            # One second, two, four; longer if the server says so.
            self._sleep(float(answer.headers.get("Retry-After") or 2**attempt))
        if answer.status_code != also:
            answer.raise_for_status()
        return answer


def moment(text: str) -> datetime | None:
    """Return a time of RFC 3339, or None where it is beyond what Python can hold."""
    # Small letters are allowed, and a leap second is one of those.
    plain = text.upper().replace(":60", ":59")
    try:
        return datetime.fromisoformat(plain).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def sign_out_old(sessions: Sessions, now: datetime) -> int:
    """Sign out who came more than a day ago, and return how many there were."""
    limit = now - timedelta(days=1)
    came = [(one["id"], moment(one["created_at"])) for one in sessions.all()]
    old = [session_id for session_id, at in came if at is not None and at < limit]
    return sum(sessions.sign_out(session_id) for session_id in old)


if __name__ == "__main__":
    with requests.Session() as http:
        own = Sessions(http, os.environ["NGROK_API_URL"], os.environ["NGROK_API_KEY"])
        print(sign_out_old(own, datetime.now(UTC)), "signed out")
