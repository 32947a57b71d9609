"""Who is signed in at an account's endpoints, by ngrok's own client (`pip install ngrok-api`)."""

from __future__ import annotations

import ngrok


def people(client: ngrok.Client) -> set[str]:
    """Return the e-mail addresses of all who have a session."""
    ids = {session.application_user.id for session in client.application_sessions.list()}
    return {client.application_users.get(user).email for user in ids}
