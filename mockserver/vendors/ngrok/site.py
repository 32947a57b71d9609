"""The protected applications: a door with a list of names, and behind it who is signed in."""

from __future__ import annotations

import re

from mockserver.core.clock import rfc3339_seconds
from mockserver.core.errors import BadRequest
from mockserver.core.site import Admission, Arrival, Page, Site, Visit
from mockserver.core.store import Document
from mockserver.vendors.ngrok.backend import NgrokBackend
from mockserver.vendors.ngrok.model import LIFETIME_MS, USER
from mockserver.vendors.ngrok.pages import rendered
from mockserver.vendors.ngrok.visits import Browser, sign_in, sign_out, visitor

COOKIE = "mock_session"
SIGN_IN, SIGN_OUT = "/_sign-in", "/_sign-out"
_OFFERED = 20
# A path of this site: neither `//host` nor anything that a browser reads as another site.
_WAY_BACK = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]{0,1998})?")


async def show(backend: NgrokBackend, visit: Visit) -> Page:
    """Answer a browser: the application to who is signed in, else the door."""
    endpoint = await backend.endpoint(visit.name)
    path = visit.target.partition("?")[0]
    if visit.method == "POST" and path == SIGN_IN:
        return await _sign_in(backend, visit, endpoint)
    if visit.method == "POST" and path == SIGN_OUT:
        await sign_out(backend, endpoint, visit.cookies.get(COOKIE, ""))
        return _see("/", _cookie("", 0))
    if visit.method != "GET":
        text = f"expected GET, or POST to {SIGN_IN} or {SIGN_OUT}"
        return Page(405, rendered("refusal.html", text=text), (("allow", "GET, HEAD"),))
    return await _application(backend, visit, endpoint)


async def admit(backend: NgrokBackend, arrival: Arrival) -> Admission:
    """Sign somebody in without a browser; BadRequest if that is not a user's name."""
    browser = Browser(arrival.user_agent, arrival.ip_address)
    endpoint = await backend.endpoint(arrival.name)
    who, token = await sign_in(backend, endpoint, arrival.user, browser)
    id_ = who.session["id"]
    uri = f"{backend.base_url}/app/sessions/{id_}"
    return Admission(id_, uri, who.user["id"], f"{COOKIE}={token}")


site = Site(show, admit)


async def _application(backend: NgrokBackend, visit: Visit, endpoint: Document) -> Page:
    who = await visitor(backend, endpoint, visit.cookies.get(COOKIE, ""))
    if who is None:
        return await _door(backend, visit, way_back=_local(visit.target))
    html = rendered(
        "application.html",
        name=visit.name,
        user=who.user,
        session=who.session,
        expires_at=rfc3339_seconds(who.session["expires_ms"]),
        sign_out=SIGN_OUT,
    )
    return Page(200, html)


async def _sign_in(backend: NgrokBackend, visit: Visit, endpoint: Document) -> Page:
    way_back = _local(visit.form.get("way_back", "/"))
    user = visit.form.get("name", "").strip(" ") or visit.form.get("user", "")
    browser = Browser(visit.headers.get("user-agent", ""), visit.ip_address)
    try:
        _, token = await sign_in(backend, endpoint, user, browser)
    except BadRequest as error:
        return await _door(backend, visit, way_back=way_back, error=error)
    # One browser, one session: nobody could ever use the one that its cookie named before.
    await sign_out(backend, endpoint, visit.cookies.get(COOKIE, ""))
    return _see(way_back, _cookie(token, LIFETIME_MS // 1000))


async def _door(
    backend: NgrokBackend, visit: Visit, *, way_back: str, error: BadRequest | None = None
) -> Page:
    html = rendered(
        "door.html",
        name=visit.name,
        users=(await backend.page(USER, None, _OFFERED)).items,
        way_back=way_back,
        error=error.violations[0].sentence() if error else "",
        sign_in=SIGN_IN,
    )
    # RFC 9110, section 15.5.2: a 401 says how to do better.
    challenge = f'Cookie realm="{visit.name}", form-action="{SIGN_IN}", cookie-name="{COOKIE}"'
    return Page(400, html) if error else Page(401, html, (("www-authenticate", challenge),))


def _see(path: str, cookie: str) -> Page:
    return Page(303, "", (("location", path), ("set-cookie", cookie)))


def _cookie(token: str, lifetime_s: int) -> str:
    return f"{COOKIE}={token}; Path=/; Max-Age={lifetime_s}; HttpOnly; SameSite=Lax"


def _local(target: str) -> str:
    fits = _WAY_BACK.fullmatch(target) and not target.startswith((SIGN_IN, SIGN_OUT))
    return target if fits else "/"
