"""PingPlotter Cloud: agents on remote devices, and the sessions that trace from them."""

from __future__ import annotations

from mockserver.core.rate_limit import Quota, TokenBucket
from mockserver.core.vendor import Vendor
from mockserver.vendors.pingplotter import handlers
from mockserver.vendors.pingplotter.authentication import authenticate
from mockserver.vendors.pingplotter.backend import PingPlotterBackend
from mockserver.vendors.pingplotter.errors import word_error
from mockserver.vendors.pingplotter.factories import populate
from mockserver.vendors.pingplotter.model import AGENT, FETCHES, SESSION
from mockserver.vendors.pingplotter.remote_agents import enlist
from mockserver.vendors.pingplotter.spelling import normalise, normalise_body
from mockserver.vendors.pingplotter.tracing import rounds

# The manual says that calls which return live session data cost more; 2 is from its 429 body.
_COSTS = {
    "get_agent_status": 2,
    "list_session_points": 2,
    "list_agent_statuses": 2,
    "get_session_status": 2,
    "list_session_statuses": 2,
}

vendor = Vendor(
    name="pingplotter",
    title="PingPlotter Cloud",
    hosts=("*.api.pingplotter.cloud",),
    default_key="mock-pingplotter-key",
    credential="X-API-KEY: mock-pingplotter-key",
    curl="curl -H 'X-API-KEY: {key}' '{base}/agents'",
    handlers=handlers,
    backend=PingPlotterBackend,
    populate=populate,
    authenticate=authenticate,
    word_error=word_error,
    kinds=(AGENT, SESSION, FETCHES),
    rounds=rounds,
    quotas=(
        Quota(
            "pingplotter",
            TokenBucket,
            240,
            60,
            headers=("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
            costs=_COSTS,
            everywhere=True,
        ),
    ),
    enlist=enlist,
    normalise=normalise,
    normalise_body=normalise_body,
)
