"""Reads all sessions and users with ngrok's Python client, and takes what it is given."""

from __future__ import annotations

import os
import sys

import ngrok

client = ngrok.Client(os.environ["NGROK_API_KEY"], base_url=os.environ["NGROK_API_BASE_URL"])
try:
    for session in client.application_sessions.list(limit="20"):
        print("session", session.id, session.browser_session.location, session.expires_at)
    for user in client.application_users.list():
        print("user", user.id, user.email, user.last_login)
    for session in list(client.application_sessions.list(limit="1"))[:1]:
        print("read", client.application_sessions.get(session.id).public_url)
except ngrok.Error as error:
    sys.exit(f"refused: {error.http_status_code} {error.args[1]}")
