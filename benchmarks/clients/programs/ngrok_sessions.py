"""Lists an ngrok account's sessions, shows the three newest and ends two that are long idle."""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

BASE = os.environ["CONTRACT_TESTS_URL_NGROK"].rstrip("/")
KEY = os.environ["CONTRACT_TESTS_KEY_NGROK"]
TRIES, PAUSE_S, PATIENCE_S, IDLE = 3, 0.2, 30.0, timedelta(hours=6)
DATE, CLOCK = r"(\d{4})-(\d\d)-(\d\d)", r"(\d\d):(\d\d):(\d\d)(\.\d+)?"
TIME = re.compile(f"{DATE}T{CLOCK}(Z|[+-]\\d\\d:\\d\\d)", re.IGNORECASE)


class Refused(Exception):
    """The API said no: `status` is HTTP's, `wait_s` what it told to wait."""

    def __init__(self, status: int, text: str, wait_s: float | None) -> None:
        super().__init__(f"ngrok answered {status}: {text}")
        self.status, self.wait_s = status, wait_s


def ask(method: str, url: str) -> Any:
    """Return the JSON of one answer, None of an empty one; Refused if it is an error."""
    request = Request(url, method=method)
    request.add_header("Authorization", f"Bearer {KEY}")
    request.add_header("Ngrok-Version", "2")
    request.add_header("Accept", "application/json")
    request.add_header("Accept-Encoding", "gzip")
    try:
        with urlopen(request, timeout=10) as answer:
            return decoded(answer)
    except HTTPError as error:
        raise Refused(error.code, reason(error), told_s(error)) from None


def decoded(answer: Any) -> Any:
    """Return what a whole answer holds."""
    body = answer.read()
    length = answer.headers.get("Content-Length")
    if length is not None and len(body) < int(length):
        raise HTTPException("the answer was cut off")
    if answer.headers.get("Content-Encoding", "").lower() == "gzip":
        body = gzip.decompress(body)
    return json.loads(body) if body.strip() else None


def reason(error: HTTPError) -> str:
    """Return what the API says about an error."""
    try:
        return str(decoded(error)["msg"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return "no reason given"


def told_s(error: HTTPError) -> float | None:
    """Return the seconds of `Retry-After`; a date counts from now."""
    text = (error.headers.get("Retry-After") or "").strip()
    if text.isdigit():
        return float(text)
    try:
        when = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds()) + 1.0


def call(method: str, url: str) -> Any:
    """Return the JSON of an answer; what is safe to repeat is repeated a few times."""
    for attempt in range(1, TRIES + 1):
        pause_s = PAUSE_S * 2**attempt
        try:
            return ask(method, url)
        except Refused as refusal:
            if attempt == TRIES or refusal.status not in {429, 500, 502, 503, 504}:
                raise
            pause_s = pause_s if refusal.wait_s is None else refusal.wait_s
            if pause_s > PATIENCE_S:
                raise
        except (OSError, HTTPException):
            if attempt == TRIES:
                raise
        time.sleep(pause_s)
    raise AssertionError("the last attempt returns or raises")


def pages() -> Iterator[Any]:
    """Yield every page of the list."""
    url, seen = f"{BASE}/app/sessions?{urlencode({'limit': 10})}", set[str]()
    while url not in seen:
        seen.add(url)
        page = call("GET", url)
        yield page
        following = page["next_page_uri"]
        if following is None:
            return
        if not following.startswith(f"{BASE}/"):
            raise ValueError("the next page is somewhere else; the key stays here")
        url = following


def moment(text: str) -> datetime | None:
    """Return a time of RFC 3339; None for those that Python cannot hold."""
    found = TIME.fullmatch(text)
    if not found:
        return None
    date = "-".join(found.groups()[:3])
    second = min(int(found[6]), 59)  # a leap second
    fraction = (found[7] or ".0")[:7]
    offset = "+00:00" if found[8] in "Zz" else found[8]
    try:
        when = datetime.fromisoformat(
            f"{date}T{found[4]}:{found[5]}:{second:02}{fraction:0<7}{offset}"
        )
        return when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def line(session: Any) -> str:
    """Return a session in a line."""
    user = session["application_user"]
    place = session["browser_session"]["location"]
    country = (place or {}).get("country_code") or "somewhere"
    return f"{session['id']} {session['public_url']} {user['id'] if user else '-'} {country}"


def is_idle(session: Any, now: datetime) -> bool:
    """Tell whether a session was not used for long."""
    last = moment(session["last_active"])
    return last is not None and now - last > IDLE


def address(session: Any) -> str:
    """Return where a session is."""
    return f"{BASE}/app/sessions/{quote(session['id'], safe='')}"


def end(session: Any) -> None:
    """End a session; that it is gone already is as good."""
    try:
        call("DELETE", address(session))
    except Refused as refusal:
        if refusal.status != 404:
            raise


def main() -> int:
    """Do it all; 1 if something was in the way."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        sessions = {one["id"]: one for page in pages() for one in page["application_sessions"]}
        for session in sessions.values():
            print(line(session))
        for session in list(sessions.values())[:3]:
            print("shown", line(call("GET", address(session))))
        now = datetime.now(UTC)
        for session in [one for one in sessions.values() if is_idle(one, now)][-2:]:
            end(session)
            print("ended", session["id"])
    except (Refused, OSError, HTTPException, ValueError) as error:
        print(f"ngrok_sessions: {error}", file=sys.stderr)
        return 1
    print(f"{len(sessions)} sessions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
