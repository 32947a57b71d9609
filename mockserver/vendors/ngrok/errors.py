"""How ngrok words an error: a code, a status, a message, and the id of the operation."""

from __future__ import annotations

from mockserver.core.errors import ApiError, Violation
from mockserver.core.randomness import Randomness, ksuid_of
from mockserver.core.store import Document
from mockserver.core.vendor import Situation

# Codes that follow from the status alone; a 404 has none in ngrok's own example.
_BY_STATUS = {415: "210", 429: "226", 500: "20000"}


def request_id(randomness: Randomness, number: int, now_ms: int) -> str:
    """Return the id that ngrok gives to every request."""
    return f"op_{ksuid_of(now_ms, randomness.bits(number))}"


def word_error(error: ApiError, situation: Situation) -> Document:
    """Return ngrok's error body."""
    code, message = _code_and_message(error)
    body: Document = {"error_code": f"ERR_NGROK_{code}"} if code else {}
    return body | {
        "status_code": error.status,
        "msg": message,
        "details": {"operation_id": situation.request_id},
    }


def _code_and_message(error: ApiError) -> tuple[str, str]:
    if error.status == 404:
        return "", "Resource not found" if "path" not in error.facts else error.message
    if error.status == 429:
        limit, window_s = error.facts["limit"], error.facts["window_s"]
        message = f"Your account is limited to {limit} API requests in {window_s} seconds."
        return "226", message
    if error.code or not error.violations:
        return error.code or _BY_STATUS.get(error.status, ""), error.message
    violation = error.violations[0]
    if error.status != 400:
        return _BY_STATUS.get(error.status, ""), f"{error.message}: {violation.sentence()}"
    return _CODES.get(violation.where, _body)(violation)


def _header(violation: Violation) -> tuple[str, str]:
    if violation.rule == "required":
        return "218", (
            "Your request has not specified an API version. Please include the version you wish "
            "to use in the Ngrok-Version header. Supported versions: 2."
        )
    return "217", f"The API version is not supported: {violation.sentence()}."


def _query(violation: Violation) -> tuple[str, str]:
    if violation.rule == "unknown":
        return "231", f"There is an unknown parameter: {violation.sentence()}."
    if violation.rule == "repeated":
        return "232", f"A parameter must be given once: {violation.sentence()}."
    if violation.name == "limit":
        code = "244" if violation.rule == "type" else "233"
        message = "The page size must be a number between 1 and 100"
        return code, f"{message}: {violation.sentence()}."
    if violation.name == "before_id":
        return "223", f"This is not the id of a list entry: {violation.sentence()}."
    code = "230" if not violation.name else "215"
    return code, f"The query is invalid: {violation.sentence()}."


def _body(violation: Violation) -> tuple[str, str]:
    if violation.rule == "unexpected":
        return "211", f"This request takes no body: {violation.sentence()}."
    if violation.rule == "syntax":
        return "213", f"The body could not be parsed: {violation.sentence()}."
    return "215", f"The request is invalid: {violation.sentence()}."


_CODES = {"header": _header, "query": _query, "path": _body, "body": _body}
