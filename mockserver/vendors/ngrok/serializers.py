"""Documents → the JSON that ngrok answers: every key always there, null where empty."""

from __future__ import annotations

from mockserver.core.clock import rfc3339_seconds
from mockserver.core.store import Document
from mockserver.vendors.ngrok.backend import Page

SESSIONS, USERS = "/app/sessions", "/app/users"


def sessions(page: Page, base_url: str, limit: int) -> Document:
    """Return a page of sessions."""
    items = [session(document, base_url) for document in page.items]
    return {"application_sessions": items, **_links(page, base_url + SESSIONS, limit)}


def users(page: Page, base_url: str, limit: int) -> Document:
    """Return a page of users."""
    items = [user(document, base_url) for document in page.items]
    return {"application_users": items, **_links(page, base_url + USERS, limit)}


def session(document: Document, base_url: str) -> Document:
    """Return a session."""
    edge_id, route_id = document["edge_id"], document["route_id"]
    edge = f"{base_url}/edges/https/{edge_id}"
    return {
        "id": document["id"],
        "uri": f"{base_url}{SESSIONS}/{document['id']}",
        "public_url": document["public_url"],
        "browser_session": document["browser_session"],
        "application_user": _ref(document["user_id"], base_url + USERS),
        "created_at": rfc3339_seconds(document["created_ms"]),
        "last_active": rfc3339_seconds(document["last_active_ms"]),
        "expires_at": rfc3339_seconds(document["expires_ms"]),
        "endpoint": _ref(document["endpoint_id"], f"{base_url}/endpoints"),
        "edge": _ref(edge_id, f"{base_url}/edges/https"),
        "route": _ref(route_id, f"{edge}/routes"),
    }


def user(document: Document, base_url: str) -> Document:
    """Return a user."""
    return {
        "id": document["id"],
        "uri": f"{base_url}{USERS}/{document['id']}",
        "identity_provider": document["identity_provider"],
        "provider_user_id": document["provider_user_id"],
        "username": document["username"],
        "email": document["email"],
        "name": document["name"],
        "created_at": rfc3339_seconds(document["created_ms"]),
        "last_active": rfc3339_seconds(document["last_active_ms"]),
        "last_login": rfc3339_seconds(document["last_login_ms"]),
    }


def _links(page: Page, uri: str, limit: int) -> Document:
    following = f"{uri}?before_id={page.next_before}&limit={limit}" if page.next_before else None
    return {"uri": uri, "next_page_uri": following}


def _ref(id_: str | None, collection: str) -> Document | None:
    return {"id": id_, "uri": f"{collection}/{id_}"} if id_ else None
