"""Uses all that the SDK has for agents, tests and results, and says what it saw."""

from __future__ import annotations

import json
import os

import thousandeyessdk

OF = {
    "agent-to-server": ("get_end_to_end_metrics", "get_path_visualization"),
    "http-server": ("get_http_server", "get_end_to_end_metrics"),
    "page-load": ("get_page_load",),
    "ftp-server": ("get_ftp_server",),
    "dns-trace": ("get_domain_trace",),
    "dns-dnssec": ("get_dnssec",),
}
BODIES = {
    "agent-to-server": {"server": "127.0.0.1"},
    "http-server": {"url": "http://127.0.0.1/"},
    "page-load": {"url": "http://127.0.0.1/", "httpTimeLimit": 5},
    "ftp-server": {
        "url": "ftp://127.0.0.1/",
        "requestType": "Download",
        "username": "someone",
        "password": "something",
    },
    "dns-trace": {"domain": "example.com A"},
    "dns-dnssec": {"domain": "example.com A"},
}

te = thousandeyessdk.ThousandEyes(
    bearer_token=os.environ["TE_TOKEN"],
    url=os.environ["TE_API_ENDPOINT"].removesuffix("/v6"),
    aid=11,
)


def create(kind, body):
    """Create an instant test, for which the SDK has no word of its own, and read it."""
    made = te._request(f"/instant/{kind}", method="POST", json={"agents": one_agent, **body})
    return te.tests.get(made["test"][0]["testId"])


agents = list(te.agents.list())
one_agent = [{"agentId": agents[0].id}]
read = te.agents.get(agents[0].id)
cloud = list(te.agents.list("agentTypes=CLOUD")) if hasattr(read, "active") else []
made = {kind: create(kind, body) for kind, body in BODIES.items()}
asked = [
    list(getattr(made[kind], name)())
    for kind, names in OF.items()
    for name in names
    if hasattr(made[kind], name)
]
print(
    json.dumps(
        {
            "agents": len(agents),
            "one agent": read.name == agents[0].name,
            "cloud agents": len(cloud),
            "tests made": len(made),
            "listed": {test.id for test in te.tests.list()} >= {t.id for t in made.values()},
            "results asked": len(asked),
        }
    )
)
