"""The operations of ThousandEyes' contract."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes import links, serializers
from mockserver.vendors.thousandeyes.backend import ThousandEyesBackend
from mockserver.vendors.thousandeyes.choices import TYPES
from mockserver.vendors.thousandeyes.model import CLOUD, CLUSTER, ENTERPRISE
from mockserver.vendors.thousandeyes.operations import (
    creating,
    leading_to,
    showing,
    showing_round,
    showing_server,
)

_AGENT_TYPES = {"CLOUD": CLOUD, "ENTERPRISE": ENTERPRISE, "ENTERPRISE_CLUSTER": CLUSTER}


async def get_status(backend: ThousandEyesBackend) -> Document:
    """Tell the time."""
    return {"timestamp": backend.clock.now_ms()}


async def list_agents(
    backend: ThousandEyesBackend, aid: int | None, agent_types: Sequence[str] | None
) -> Document:
    """List the agents, of some types only if that is asked for."""
    backend.enter(aid)
    agents = await backend.agents([_AGENT_TYPES[name] for name in agent_types or ()])
    now_ms = backend.clock.now_ms()
    return {"agents": [serializers.agent(agent, now_ms) for agent in agents]}


async def get_agent(backend: ThousandEyesBackend, agent_id: int, aid: int | None) -> Document:
    """Return one agent with the tests that it runs."""
    backend.enter(aid)
    agent, tests = await backend.agent(agent_id), await backend.tests_of_agent(agent_id)
    now_ms, base_url = backend.clock.now_ms(), backend.base_url
    return {"agents": [serializers.agent_detail(agent, tests, now_ms, base_url)]}


async def list_tests(backend: ThousandEyesBackend, aid: int | None) -> Document:
    """List the definitions of all tests."""
    backend.enter(aid)
    agents = await backend.agents_by_id()
    return serializers.definitions(await backend.tests(), agents, backend.base_url)


async def get_test(
    backend: ThousandEyesBackend, test_id_or_type: str, aid: int | None
) -> Document:
    """Return the definition of one test, or of all tests of a type."""
    backend.enter(aid)
    if test_id_or_type in TYPES:
        tests = await backend.tests(test_id_or_type)
    else:
        tests = [await backend.test(test_id_or_type.lstrip("0") or "0")]
    return serializers.definitions(tests, await backend.agents_by_id(), backend.base_url)


create_agent_to_server_test = creating("agent-to-server")
create_agent_to_agent_test = creating("agent-to-agent")
create_http_server_test = creating("http-server")
create_page_load_test = creating("page-load")
create_web_transactions_test = creating("web-transactions")
create_ftp_server_test = creating("ftp-server")
create_dns_trace_test = creating("dns-trace")
create_dns_server_test = creating("dns-server")
create_dns_dnssec_test = creating("dns-dnssec")
create_sip_server_test = creating("sip-server")
create_voice_test = creating("voice")


async def rerun_instant_test(backend: ThousandEyesBackend, test_id: int, aid: int | None) -> None:
    """Run an instant test again."""
    backend.enter_to_run(aid)
    await backend.rerun_test(test_id)


get_network_metrics = showing(links.NETWORK_METRICS)
get_path_visualization = showing(links.PATH_VISUALIZATION)
get_detailed_path_trace = showing_round(links.PATH_VISUALIZATION)
get_http_server_results = showing(links.HTTP_SERVER)
get_page_load_results = showing(links.PAGE_LOAD)
get_web_transaction_results = showing(links.WEB_TRANSACTIONS)
get_ftp_server_results = showing(links.FTP_SERVER)
get_dns_trace_results = showing(links.DNS_TRACE)
get_dns_server_results = showing(links.DNS_SERVER)
get_dns_server_results_of_server = showing_server(links.DNS_SERVER)
get_dnssec_results = showing(links.DNSSEC)
get_sip_server_results = showing(links.SIP_SERVER)
get_rtp_stream_results = showing(links.RTP_STREAM)

get_web_transaction_results_by_old_name = leading_to(links.WEB_TRANSACTIONS)
get_rtp_stream_results_by_old_name = leading_to(links.RTP_STREAM)
