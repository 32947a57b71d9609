"""What is remembered of ngrok: sessions and users, as documents.

A session holds `id public_url browser_session user_id endpoint_id edge_id route_id created_ms
last_active_ms expires_ms`; a user holds its public fields with `…_ms` times. Addresses (`uri`) are
not stored: they depend on where the client reaches us.
"""

from __future__ import annotations

from mockserver.core.store import Kind

SESSION = Kind("app_session", limit=100_000, indexes=("user_id",))
USER = Kind("app_user", limit=10_000)
