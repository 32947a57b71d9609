"""What is remembered of ngrok: sessions, users and endpoints, as documents.

A session holds `id public_url browser_session user_id endpoint_id edge_id route_id created_ms
last_active_ms expires_ms`, and `token` (hashed) if a browser holds the cookie for it; a user holds
its public fields with `…_ms` times; an endpoint holds what its sessions repeat. Addresses (`uri`)
are not stored: they depend on where the client reaches us.
"""

from __future__ import annotations

from mockserver.core.store import Kind

SESSION = Kind("app_session", limit=100_000, indexes=("user_id", "token"))
USER = Kind("app_user", limit=10_000, indexes=("email", "username"))
ENDPOINT = Kind("app_endpoint", limit=100)
EXPIRY = Kind("app_session_expiry", limit=1)  # when the next session expires: `at_ms`

DAY_MS = 24 * 3_600_000
LIFETIME_MS = 14 * DAY_MS
# Ids hold a time; one that never changes keeps them the same for a seed, whenever it is used.
EPOCH_MS = 1_735_689_600_000
