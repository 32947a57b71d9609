"""Reads agents, tests and results with the SDK, and takes what it is given."""

from __future__ import annotations

import os
import sys

import thousandeyessdk
from werkzeug.exceptions import HTTPException

RESULTS = {
    "agent-to-server": ("get_end_to_end_metrics", "get_path_visualization"),
    "http-server": ("get_http_server",),
    "page-load": ("get_page_load",),
}
try:
    te = thousandeyessdk.ThousandEyes(
        bearer_token=os.environ["TE_TOKEN"],
        url=os.environ["TE_API_ENDPOINT"].removesuffix("/v6"),
    )
    for agent in te.agents.list():
        print("agent", agent.id, agent.name)
    for kind, names in RESULTS.items():
        for test in te.tests.get_all_with_id(kind)[:1]:
            print("test", test.id, test.interval)
            for name in names:
                print(name, len(list(getattr(test, name)())))
except HTTPException as error:
    sys.exit(f"refused: {error.code} {error.description}")
