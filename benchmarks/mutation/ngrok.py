"""Application sessions and users of ngrok, written from the vendor's pages: no fault is known.

Methods are small so that a mutant overrides one of them.
"""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.mutation.serving import Answer, App, Call

KEY = "bench_ngrok_key"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BEGIN = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
Item = dict[str, Any]


class Ngrok(App):
    """Two collections of one account; `count` sessions, newest first."""

    def __init__(self, count: int = 9) -> None:
        """Make the same world each time."""
        self.chance = random.Random(20)
        self.lock = threading.RLock()
        self.items: dict[str, dict[str, Item]] = {"sessions": {}, "users": {}}
        self.served = 0
        for number in range(4):
            user = self.new_user(number)
            self.items["users"][user["id"]] = user
        for number in range(count):
            session = self.new_session(number)
            if number == 2:
                # The contract's example: some tools call nothing else.
                session["id"] = "as_2t5FqNc8XvLw0RzKm3YbPg7HdSj"
            self.items["sessions"][session["id"]] = session

    # The way of a request

    def answer(self, call: Call) -> Answer:
        """Answer one call."""
        with self.lock:
            self.served += 1
            answer = self.guarded(call)
            answer.headers.setdefault("Ngrok-Operation-Id", self.operation_id())
            return answer

    def guarded(self, call: Call) -> Answer:
        """Refuse what is no proper request, then route."""
        if len(call.segments) < 2 or call.segments[0] != "app":
            return self.error(404, "Resource not found")
        if call.segments[1] not in self.items or len(call.segments) > 3:
            return self.error(404, "Resource not found")
        allowed = self.methods(call)
        if call.method not in allowed:
            answer = self.error(405, "Method not allowed")
            answer.headers["Allow"] = ", ".join(allowed)
            return answer
        return self.refusal(call) or self.route(call)

    def methods(self, call: Call) -> list[str]:
        """Return what a path knows."""
        single = len(call.segments) == 3
        return ["GET", "DELETE"] if single and call.segments[1] == "sessions" else ["GET"]

    def refusal(self, call: Call) -> Answer | None:
        """Return why a call is not answered, in the vendor's order: key, version, query, body."""
        if not self.knows(call.headers.get("Authorization")):
            return self.error(401, "The credential is missing or not valid.", "ERR_NGROK_200")
        version = call.headers.get("Ngrok-Version")
        if version is None:
            return self.error(400, "No API version was named.", "ERR_NGROK_218")
        if version != "2":
            return self.error(400, "This API version is not supported.", "ERR_NGROK_217")
        return self.bad_query(call) or self.bad_body(call)

    def knows(self, authorization: str | None) -> bool:
        """Say whether a credential is good."""
        scheme, _, key = (authorization or "").partition(" ")
        return scheme.lower() == "bearer" and key.strip() == KEY

    def bad_query(self, call: Call) -> Answer | None:
        """Refuse unknown and repeated parameters, and a limit out of bounds."""
        known = {"limit", "before_id"} if len(call.segments) == 2 else set()
        names = [name for name, _ in call.query]
        if set(names) - known:
            return self.error(400, "There are unknown query parameters.", "ERR_NGROK_231")
        if len(set(names)) < len(names):
            return self.error(400, "A parameter is repeated.", "ERR_NGROK_232")
        return self.bad_limit(call.last("limit"))

    def bad_limit(self, limit: str | None) -> Answer | None:
        """Refuse a limit that is no number from 1 to 100."""
        if limit is None:
            return None
        try:
            number = int(limit)
        except ValueError:
            return self.error(400, "The limit must be a number.", "ERR_NGROK_244")
        if not 1 <= number <= 100:
            return self.error(400, "The limit must be between 1 and 100.", "ERR_NGROK_233")
        return None

    def bad_body(self, call: Call) -> Answer | None:
        """Refuse any body."""
        if call.body:
            return self.error(400, "A body is not expected.", "ERR_NGROK_211")
        return None

    def route(self, call: Call) -> Answer:
        """Call the operation."""
        kind = call.segments[1]
        if len(call.segments) == 2:
            return self.list(call, kind)
        item_id = call.segments[2]
        if item_id not in self.items[kind]:
            return self.not_found()
        return self.delete(kind, item_id) if call.method == "DELETE" else self.get(call, item_id)

    # The operations

    def list(self, call: Call, kind: str) -> Answer:
        """Answer a page."""
        limit = int(call.last("limit") or 100)
        items = self.after(self.ordered(kind), call.last("before_id") or "")
        page = items[:limit]
        name = "application_sessions" if kind == "sessions" else "application_users"
        body = {
            name: [self.shown(call, item) for item in page],
            "uri": self.address(call, kind),
            "next_page_uri": self.next_page(call, kind, page, items, limit),
        }
        return Answer(200, body)

    def ordered(self, kind: str) -> list[Item]:
        """Return the newest first."""
        items = self.items[kind].values()
        return sorted(items, key=lambda item: item["created_at"], reverse=True)

    def after(self, items: list[Item], before_id: str) -> list[Item]:
        """Return what was created before `before_id`; everything if it is empty."""
        ids = [item["id"] for item in items]
        return items[ids.index(before_id) + 1 :] if before_id in ids else items

    def next_page(
        self, call: Call, kind: str, page: list[Item], items: list[Item], limit: int
    ) -> str | None:
        """Return the address of the page after this one, null on the last."""
        if len(items) <= limit:
            return None
        return f"{self.address(call, kind)}?before_id={page[-1]['id']}&limit={limit}"

    def get(self, call: Call, item_id: str) -> Answer:
        """Answer one."""
        return Answer(200, self.shown(call, self.items[call.segments[1]][item_id]))

    def delete(self, kind: str, item_id: str) -> Answer:
        """End one."""
        del self.items[kind][item_id]
        return Answer(204)

    def not_found(self) -> Answer:
        """Answer that there is no such thing: the vendor's sample has no code."""
        return self.error(404, "Resource not found")

    # What things look like

    def shown(self, call: Call, item: Item) -> Item:
        """Return an item as it is sent, with addresses on the client's base URL."""
        kind = "users" if item["id"].startswith("au_") else "sessions"
        shown = {**item, "uri": f"{self.address(call, kind)}/{item['id']}"}
        if shown.get("application_user"):
            user = shown["application_user"]["id"]
            shown["application_user"] = {
                "id": user,
                "uri": f"{self.address(call, 'users')}/{user}",
            }
        return shown

    def address(self, call: Call, kind: str) -> str:
        """Return the address of a collection."""
        return f"http://{call.host}/app/{kind}"

    def error(self, status: int, message: str, code: str = "") -> Answer:
        """Return an error in the vendor's body."""
        operation = self.operation_id()
        body = {"status_code": status, "msg": message, "details": {"operation_id": operation}}
        headers = {"Ngrok-Operation-Id": operation}
        return Answer(status, {"error_code": code, **body} if code else body, headers)

    def operation_id(self) -> str:
        """Return a new id of a request."""
        return "op_" + "".join(self.chance.choices(_LETTERS, k=27))

    def new_id(self, prefix: str) -> str:
        """Return a new id."""
        return prefix + "".join(self.chance.choices(_LETTERS, k=27))

    def time(self, hours: float) -> str:
        """Return a time as RFC 3339."""
        return (_BEGIN + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def new_user(self, number: int) -> Item:
        """Make a user."""
        return {
            "id": self.new_id("au_"),
            "uri": "",
            "identity_provider": {"name": "Example ID", "url": "https://accounts.example.com"},
            "provider_user_id": str(1000 + number),
            "username": f"person{number}",
            "email": f"person{number}@example.com",
            "name": f"Person {number}",
            "created_at": self.time(number),
            "last_active": self.time(number + 200),
            "last_login": self.time(number + 100),
        }

    def new_session(self, number: int) -> Item:
        """Make a session of one of the users; every third knows none, every other has no edge."""
        users = list(self.items["users"])
        edge = {"id": f"edghts_{number}", "uri": f"https://api.ngrok.com/edges/https/e{number}"}
        return {
            "id": self.new_id("as_"),
            "uri": "",
            "public_url": f"https://app{number % 3}.example.com",
            "browser_session": self.browser(number),
            "application_user": {"id": users[number % 4]} if number % 3 else None,
            "created_at": self.time(10 + number),
            "last_active": self.time(60 + number),
            "expires_at": self.time(400 + number),
            "endpoint": {
                "id": f"ep_{number}",
                "uri": f"https://api.ngrok.com/endpoints/ep_{number}",
            },
            "edge": edge if number % 2 else None,
            "route": edge if number % 2 else None,
        }

    def browser(self, number: int) -> Item:
        """Return the browser of a session; some have no location."""
        place = {
            "country_code": "SE",
            "latitude": 59.3,
            "longitude": 18.1,
            "lat_long_radius_km": 20,
        }
        return {
            "user_agent": {
                "raw": "Mozilla/5.0 (X11; Linux x86_64) Chrome/102.0",
                "browser_name": "Chrome",
                "browser_version": "102",
                "device_type": "Desktop",
                "os_name": "Linux",
                "os_version": "",
            },
            "ip_address": f"192.0.2.{number + 1}",
            "location": place if number % 4 else None,
        }
