"""Uses all that ngrok's Python client has for sessions and users, and says what it saw."""

from __future__ import annotations

import json
import os

import ngrok

client = ngrok.Client(os.environ["NGROK_API_KEY"], base_url=os.environ["NGROK_API_BASE_URL"])
sessions, users = client.application_sessions, client.application_users


def status_of(call, *arguments):
    """Return the status with which the server refused, or None."""
    try:
        call(*arguments)
    except ngrok.Error as error:
        return error.http_status_code
    return None


whole = [session.id for session in sessions.list()]
paged = [session.id for session in sessions.list(limit="5")]
after = [session.id for session in sessions.list(before_id=whole[2])]
people = [user.id for user in users.list(limit="3")]
sessions.delete(whole[0])
print(
    json.dumps(
        {
            "sessions": len(whole),
            "same in pages": paged == whole,
            "same after the third": after == whole[3:],
            "users": len(people),
            "one session": sessions.get(whole[1]).id == whole[1],
            "one user": users.get(people[0]).id == people[0],
            "read after deletion": status_of(sessions.get, whole[0]),
        }
    )
)
