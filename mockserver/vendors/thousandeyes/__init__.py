"""ThousandEyes v6: agents, instant tests, their definitions and their results."""

from __future__ import annotations

from mockserver.core.jobs import JobType
from mockserver.core.rate_limit import FixedWindow, Quota
from mockserver.core.vendor import Vendor
from mockserver.vendors.thousandeyes import handlers, rounds
from mockserver.vendors.thousandeyes.authentication import authenticate
from mockserver.vendors.thousandeyes.backend import ThousandEyesBackend
from mockserver.vendors.thousandeyes.errors import word_error
from mockserver.vendors.thousandeyes.factories import populate
from mockserver.vendors.thousandeyes.model import AGENT, RESULT, TEST
from mockserver.vendors.thousandeyes.remote_agents import enlist
from mockserver.vendors.thousandeyes.spelling import normalise, normalise_body

_PARTS = ("limit", "remaining", "reset")
_INSTANT = frozenset(
    {
        "create_agent_to_server_test",
        "create_agent_to_agent_test",
        "create_http_server_test",
        "create_page_load_test",
        "create_web_transactions_test",
        "create_ftp_server_test",
        "create_dns_trace_test",
        "create_dns_server_test",
        "create_dns_dnssec_test",
        "create_sip_server_test",
        "create_voice_test",
        "rerun_instant_test",
    }
)

vendor = Vendor(
    name="thousandeyes",
    title="ThousandEyes v6",
    hosts=("api.thousandeyes.com",),
    default_key="mock-thousandeyes-token",
    credential=(
        "Basic mock@example.com:mock-thousandeyes-token, "
        "or Authorization: Bearer mock-thousandeyes-token"
    ),
    curl="curl -u 'mock@example.com:{key}' '{base}/v6/agents'",
    handlers=handlers,
    backend=ThousandEyesBackend,
    populate=populate,
    authenticate=authenticate,
    word_error=word_error,
    kinds=(AGENT, TEST, RESULT),
    jobs={rounds.MEASURE: JobType(rounds.run, rounds.record)},
    quotas=(
        Quota(
            "thousandeyes",
            FixedWindow,
            240,
            headers=tuple(f"x-organization-rate-limit-{part}" for part in _PARTS),
        ),
        Quota(
            "thousandeyes-instant",
            FixedWindow,
            24,
            headers=tuple(f"x-instant-test-rate-limit-{part}" for part in _PARTS),
            operations=_INSTANT,
        ),
    ),
    headers=(
        ("cache-control", "no-store"),
        ("strict-transport-security", "max-age=31536000"),
        ("x-server-name", "1-4"),
        ("x-content-type-options", "nosniff"),
    ),
    enlist=enlist,
    normalise=normalise,
    normalise_body=normalise_body,
)
