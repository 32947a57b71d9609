"""Faults of deeds at ngrok's door: keys, versions, bounds, odd input."""

from __future__ import annotations

import time

from benchmarks.mutation.mutant import Mutant, deed
from benchmarks.mutation.ngrok import KEY, Ngrok
from benchmarks.mutation.serving import Answer, Call


class NoKeyNeeded(Ngrok):
    """Every operation needs a key."""

    def knows(self, authorization: str | None) -> bool:
        return authorization is None or super().knows(authorization)


class AnyKey(Ngrok):
    """Only keys that exist are accepted."""

    def knows(self, authorization: str | None) -> bool:
        return bool(authorization and authorization.startswith("Bearer "))


class KeyPrefix(Ngrok):
    """A part of a key is no key."""

    def knows(self, authorization: str | None) -> bool:
        given = (authorization or "").removeprefix("Bearer ").strip()
        return len(given) > 5 and KEY.startswith(given)


class NoKeyForDeleting(Ngrok):
    """Deleting needs a key."""

    def refusal(self, call: Call) -> Answer | None:
        return None if call.method == "DELETE" else super().refusal(call)


class RefusedButDeleted(Ngrok):
    """A request that is refused does nothing."""

    def refusal(self, call: Call) -> Answer | None:
        refused = super().refusal(call)
        if refused and call.method == "DELETE" and call.segments[-1] in self.items["sessions"]:
            del self.items["sessions"][call.segments[-1]]
        return refused


class VersionIgnored(Ngrok):
    """The version header is required."""

    def refusal(self, call: Call) -> Answer | None:
        refused = super().refusal(call)
        if refused and refused.status == 400:
            return self.bad_query(call) or self.bad_body(call)
        return refused


class LimitUnbounded(Ngrok):
    """A limit of 0 or 101 is refused."""

    def bad_limit(self, limit: str | None) -> Answer | None:
        del limit
        return None

    def list(self, call: Call, kind: str) -> Answer:
        limit = call.last("limit")
        if limit is not None and not limit.isdigit():
            return super().list(_with_query(call, ()), kind)
        return super().list(call, kind)


class CrashOnLongId(Ngrok):
    """Odd input is never a server error."""

    kind = "robustness"

    def guarded(self, call: Call) -> Answer:
        if any(len(part) > 1000 for part in call.segments):
            return self.error(500, "internal error")
        return super().guarded(call)


class CrashOnUnicode(Ngrok):
    """Odd input is never a server error."""

    kind = "robustness"

    def guarded(self, call: Call) -> Answer:
        if not "".join(call.segments).isascii():
            return self.error(500, "internal error")
        return super().guarded(call)


class CrashOnHugeLimit(Ngrok):
    """Huge numbers are never a server error."""

    kind = "robustness"

    def bad_limit(self, limit: str | None) -> Answer | None:
        if limit and limit.isdigit() and int(limit) > 2**31:
            return self.error(500, "internal error")
        return super().bad_limit(limit)


class HangsOnNul(Ngrok):
    """Odd input is answered."""

    kind = "robustness"

    def answer(self, call: Call) -> Answer:
        if "\0" in "".join(call.segments) + "".join(v for _, v in call.query):
            time.sleep(30)
        return super().answer(call)


class BreaksOffOnBody(Ngrok):
    """Odd input is answered."""

    kind = "robustness"

    def bad_body(self, call: Call) -> Answer | None:
        if call.body:
            raise ConnectionResetError
        return None


def _with_query(call: Call, query: tuple[tuple[str, str], ...]) -> Call:
    return Call(call.method, call.segments, query, call.headers, call.body, call.host)


_CLASSES: tuple[type[Ngrok], ...] = (
    NoKeyNeeded,
    AnyKey,
    KeyPrefix,
    NoKeyForDeleting,
    RefusedButDeleted,
    VersionIgnored,
    LimitUnbounded,
    CrashOnLongId,
    CrashOnUnicode,
    CrashOnHugeLimit,
    HangsOnNul,
    BreaksOffOnBody,
)

MUTANTS: tuple[Mutant, ...] = tuple(deed(app) for app in _CLASSES)
