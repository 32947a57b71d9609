"""The parts of an ASGI request that make a visit: a form, cookies, where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from mockserver.asgi import body as bodies
from mockserver.core.errors import Forbidden, MethodNotAllowed, UnsupportedMediaType

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

MAX_FORM_BYTES = 16_384
_FORM = "application/x-www-form-urlencoded"
_METHODS = ("GET", "HEAD", "POST")


async def form(
    method: str, base_url: str, headers: Mapping[str, str], receive: Receive
) -> dict[str, str]:
    """Return the fields of a POST, nothing for other methods.

    MethodNotAllowed, Forbidden, ContentTooLarge, UnsupportedMediaType, BadRequest.
    """
    if method not in _METHODS:
        raise MethodNotAllowed(
            f"Expected one of {', '.join(_METHODS)}.", headers={"Allow": ", ".join(_METHODS)}
        )
    if method != "POST":
        return {}
    _check_origin(base_url, headers)
    raw = await bodies.read(receive, headers, MAX_FORM_BYTES)
    media_type = headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if raw and media_type != _FORM:
        raise UnsupportedMediaType(f"Expected the form as {_FORM}.")
    return bodies.parse_form(raw)


def _check_origin(base_url: str, headers: Mapping[str, str]) -> None:
    # Neighbours under one domain count as the same site, so SameSite does not keep them out.
    came_from = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin", base_url)
    if came_from not in {"same-origin", "none"} or origin.lower() != base_url.lower():
        raise Forbidden("This form was sent from a page of another site.")


def target(scope: Scope) -> str:
    """Return path and query as they were sent."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"].decode("latin-1")
    return raw.partition(b"?")[0].decode("latin-1") + (f"?{query}" if query else "")


def cookies(header: str) -> dict[str, str]:
    """Return the cookies of a header by name; of several with one name the first."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in reversed(list(pairs))}


def address(scope: Scope) -> str:
    """Return where the connection came from; this machine, where that has no address."""
    client = scope.get("client") or ("127.0.0.1", 0)
    try:
        found = ip_address(client[0].partition("%")[0])
    except ValueError:
        return "127.0.0.1"
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
