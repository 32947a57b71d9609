"""From a plan to its question, and from the reply to the result."""

from dataclasses import replace

import dns.flags
from dns.message import Message

from probes.dns.plan import DnsPlan
from probes.dns.question import (
    flag_texts,
    make_query,
    rcode_text,
    read_name,
    read_type,
    records,
)
from probes.dns.reply import Reply, Server
from probes.dns.result import DnsResult


def question_of(plan: DnsPlan) -> Message:
    """Make the question that the plan asks."""
    return make_query(
        read_name(plan.name),
        read_type(plan.rdtype),
        rdclass=plan.rdclass,
        edns_bytes=plan.edns_bytes,
        dnssec_ok=plan.dnssec_ok,
        flags=dns.flags.RD if plan.recursion_desired else 0,
    )


def result_of(plan: DnsPlan, server: Server, reply: Reply, tries: int) -> DnsResult:
    """Say what came of it."""
    result = DnsResult(
        plan.target,
        str(server.address),
        server.port,
        read_name(plan.name).to_text(),
        plan.rdtype.upper(),
        plan.rdclass.upper(),
        reply.transport if reply.message else plan.transport,
        tries,
        resolution_ms=reply.resolution_ms,
        connect_ms=reply.connect_ms,
        tls_ms=reply.tls_ms,
        kernel_stamped=reply.kernel_stamped,
        query_bytes=reply.query_bytes,
        answer_bytes=reply.answer_bytes,
        truncated=reply.truncated,
        http_status=reply.http_status,
        failure=reply.failure,
    )
    return result if reply.message is None else _with_content(result, reply.message)


def _with_content(result: DnsResult, message: Message) -> DnsResult:
    return replace(
        result,
        rcode=rcode_text(message),
        flags=flag_texts(message),
        answers=records(message.answer),
        authority=records(message.authority),
        additional=records(message.additional),
        edns_bytes=message.payload if message.edns >= 0 else None,
    )
