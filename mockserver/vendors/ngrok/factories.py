"""A believable ngrok account: a few protected applications, who signs in there, and from where."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from mockserver.core.addresses import documentation_address
from mockserver.core.randomness import ksuid
from mockserver.core.store import Document
from mockserver.vendors.ngrok.browsers import user_agent
from mockserver.vendors.ngrok.endpoints import endpoint
from mockserver.vendors.ngrok.model import DAY_MS, ENDPOINT, EPOCH_MS, LIFETIME_MS, SESSION, USER

if TYPE_CHECKING:
    from faker import Faker

    from mockserver.vendors.ngrok.backend import NgrokBackend

USERS = 14
SESSIONS = 37
_APPLICATIONS = ("intranet", "grafana", "wiki", "staging", "support")
_ON_EDGE = {"intranet", "support"}  # the others were started by an agent
_PROVIDERS = (
    ("Google", "https://accounts.google.com"),
    ("GitHub", "https://github.com"),
    ("Microsoft", "https://login.microsoftonline.com"),
)
_HOUR_MS = 3_600_000


async def populate(backend: NgrokBackend) -> None:
    """Fill a new account."""
    chance, fake = backend.randomness.stream("estate"), backend.randomness.faker("estate")
    now_ms = backend.clock.now_ms()
    users = [_user(number, now_ms, chance, fake) for number in range(USERS)]
    # People stay where they are.
    places = {
        user["id"]: (documentation_address(chance), _location(chance, fake)) for user in users
    }
    endpoints = [endpoint(name, chance, on_edge=name in _ON_EDGE) for name in _APPLICATIONS]
    for name, document in zip(_APPLICATIONS, endpoints, strict=True):
        await backend.documents.insert(ENDPOINT.name, name, document)
    for number in range(SESSIONS):
        user = chance.choice(users)
        session = _session(number, now_ms, chance, *places[user["id"]])
        session |= chance.choice(endpoints)
        session["user_id"] = user["id"]
        _signed_in(user, session)
        await backend.documents.insert(SESSION.name, session["id"], session)
    for user in users:
        await backend.documents.insert(USER.name, user["id"], user)


def _user(number: int, now_ms: int, chance: random.Random, fake: Faker) -> Document:
    first, last = fake.first_name(), fake.last_name()
    username = f"{first}.{last}".lower()
    created_ms = now_ms - (USERS - number + 2) * 3 * DAY_MS - chance.randrange(DAY_MS)
    # Before the oldest session: who never signed in since was last seen then.
    login_ms = now_ms - 4 * DAY_MS - chance.randrange(DAY_MS)
    name, url = chance.choice(_PROVIDERS)
    return {
        "id": _id("au", number, chance),
        "identity_provider": {"name": name, "url": url},
        "provider_user_id": str(chance.randrange(10**19, 10**20)),
        "username": username,
        "email": f"{username}@{fake.safe_domain_name()}",
        "name": f"{first} {last}",
        "created_ms": created_ms,
        "last_active_ms": login_ms + chance.randrange(_HOUR_MS),
        "last_login_ms": login_ms,
    }


def _signed_in(user: Document, session: Document) -> None:
    # A session begins with a login, and is what its user was last seen in.
    user["last_login_ms"] = max(user["last_login_ms"], session["created_ms"])
    user["last_active_ms"] = max(user["last_active_ms"], session["last_active_ms"])


def _session(
    number: int, now_ms: int, chance: random.Random, address: str, location: Document | None
) -> Document:
    # Newer numbers are newer sessions: each has its own two hours, newest last.
    created_ms = now_ms - (SESSIONS - number) * 2 * _HOUR_MS + chance.randrange(_HOUR_MS)
    return {
        "id": _id("as", number, chance),
        "browser_session": {
            "user_agent": user_agent(chance),
            "ip_address": address,
            "location": location,
        },
        "created_ms": created_ms,
        "last_active_ms": created_ms + chance.randrange(now_ms - created_ms),
        "expires_ms": created_ms + LIFETIME_MS,
    }


def _location(chance: random.Random, fake: Faker) -> Document | None:
    # Some addresses cannot be placed.
    if chance.random() < 0.1:
        return None
    latitude, longitude, _, country_code, _ = fake.location_on_land()
    return {
        "country_code": country_code,
        "latitude": round(float(latitude), 4),
        "longitude": round(float(longitude), 4),
        "lat_long_radius_km": chance.choice((5, 10, 20, 50, 100)),
    }


def _id(prefix: str, number: int, chance: random.Random) -> str:
    return f"{prefix}_{ksuid(EPOCH_MS + number * _HOUR_MS, chance)}"
