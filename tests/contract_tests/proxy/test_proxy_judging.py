"""What is heard live and what is read from the recording of it lead to the same findings."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest
from proxy_rig import Answering, Rig, rig, served

from contract_tests.conduct.heard import Heard
from contract_tests.conduct.judge import Conduct
from contract_tests.findings.finding import Finding
from contract_tests.listening.ear import Ear
from contract_tests.proxy.hiding import Hiding
from contract_tests.proxy.judging import Judging
from contract_tests.proxy.pool import Pool
from contract_tests.proxy.recording import Recording
from contract_tests.proxy.upstream import Upstream, aim_at
from contract_tests.run.subject import Subject, subject_of
from contract_tests.target import stand_in
from contract_tests.traffic.reading import recorded
from contract_tests.traffic.run import conduct_of
from contract_tests.wire.address import address_of
from contract_tests.wire.exchange import Exchange, Request, Response

JSON = "Content-Type: application/json"
TALKS: dict[str, tuple[tuple[str, str, str, tuple[str, ...]], ...]] = {
    "ngrok": (
        ("GET", "/app/sessions?limit=1", "", ("Ngrok-Version: 2",)),
        ("GET", "/app/sessions?per_page=1", "", ("Ngrok-Version: 2",)),
        ("GET", "/app/sesions", "", ()),
        ("GET", "/app/users?api_key={key}", "", ("Ngrok-Version: 2",)),
        ("POST", "/app/users", '{"password": "open sesame"}', (JSON,)),
    ),
    "pingplotter": (
        ("GET", "/agents", "", ()),
        ("GET", "/agents?nosuch=1", "", ()),
        ("DELETE", "/agents", "{}", (JSON,)),
    ),
    "thousandeyes": (
        ("GET", "/v6/agents.json", "", ()),
        ("GET", "/v6/agentz", "", ()),
        ("POST", "/v6/instant/agent-to-server", '{"server": 7}', (JSON,)),
    ),
    "wisphub": (
        ("POST", "/api/v1/12345/ping/", '{"pings": "four"}', (JSON,)),
        ("POST", "/api/v1/12345/ping/", '{"pings": 4}', (JSON,)),
    ),
}


def told(finding: Finding) -> tuple[str, ...]:
    return (
        finding.rule,
        finding.operation,
        finding.place,
        finding.message,
        finding.expected,
        finding.grade.value,
    )


def quiet(exchange: Exchange, findings: tuple[Finding, ...]) -> None:
    del exchange, findings


async def talked(vendor: str, key: dict[str, str], pool: Pool, ear: Any) -> None:
    async with served(ear) as port:
        proxy = Rig(port, "")
        shown = [f"{name}: {value}" for name, value in key.items()]
        for method, target, body, headers in TALKS[vendor]:
            path = target.format(key=next(iter(key.values())).rpartition(" ")[2])
            head = [f"{method} {path} HTTP/1.1", "Host: x", *shown, *headers]
            head += [f"Content-Length: {len(body)}"] if body else []
            raw = "\r\n".join([*head, "Connection: close", "", body])
            assert await proxy.ask(raw.encode())
        proxy.close()
        pool.close()
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.mark.slow
@pytest.mark.parametrize("vendor", sorted(TALKS))
def test_a_recording_leads_to_the_findings_that_were_made_live(
    vendor: str, tmp_path: Path
) -> None:
    subject = subject_of(vendor)
    with stand_in(vendor=(vendor,)) as house:
        target = house.target(vendor, "recorded")
        address = address_of(target.url)
        with Recording(tmp_path / "run.har", address.url) as recording:
            judging = judging_of(subject, recording)
            pool = Pool(address)
            app = Upstream(address, pool)
            ear = Ear(app, judging.hear, aim=aim_at(address.url, vendor))
            asyncio.run(talked(vendor, target.headers(subject.contract), pool, ear))
            judging.close()
    live = [told(one) for one in judging.outcome().findings]
    found = recorded([tmp_path / "run.har"], subject.contract)
    again = [told(one) for one in conduct_of(found, subject).outcome().findings]
    assert len(found.entries) == len(TALKS[vendor])
    assert live
    assert sorted(again) == sorted(live)
    written = (tmp_path / "run.har").read_text()
    assert target.key not in written
    assert "open sesame" not in written


def judging_of(subject: Subject, recording: Recording | None = None, past: str = "") -> Judging:
    conduct = Conduct(subject.contract, subject.roles, vendor=subject.vendor, answers=True)
    hiding = Hiding(subject.contract, subject.vendor)
    return Judging(conduct, hiding, quiet, recording=recording, past=past)


def heard(answer: Response, target: str = "/app/users") -> Heard:
    headers = (("Authorization", "Bearer a-key-of-our-own"), ("Ngrok-Version", "2"))
    request = Request("GET", target, headers)
    return Heard(Exchange(f"https://api.ngrok.com{target}", request, answer), 1, 1.0, 1.1)


def judged(one: Heard, past: str = "") -> tuple[set[str], list[str]]:
    judging = judging_of(subject_of("ngrok"), past=past)
    judging.hear("ngrok", one)
    judging.close()
    outcome = judging.outcome()
    return {finding.rule for finding in outcome.findings}, outcome.notes


def test_a_compressed_answer_is_judged_by_what_it_says() -> None:
    headers = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    rules, _ = judged(heard(Response(200, headers, gzip.compress(b'{"application_users": 7}'))))
    assert "body_fits_schema" in rules
    assert "body_is_json" not in rules


def test_an_answer_that_cannot_be_decoded_is_not_accused() -> None:
    headers = (("Content-Type", "application/json"), ("Content-Encoding", "pack200"))
    rules, notes = judged(heard(Response(200, headers, b"\x00\x01")))
    assert "body_is_json" not in rules
    assert any("pack200" in note for note in notes)


def test_links_past_the_proxy_are_noted() -> None:
    answer = Response(200, (), b'{"next_page_uri": "https://api.ngrok.com/app/users?x=1"}')
    _, notes = judged(heard(answer), past="https://api.ngrok.com")
    assert any("--rewrite-links" in note for note in notes)


def test_a_fault_of_ours_is_told_and_stops_nothing() -> None:
    judging = judging_of(subject_of("ngrok"))
    broken = Heard(Exchange("", Request("GET", 7), None), 1, 1.0, 1.0)  # type: ignore[arg-type]
    judging.hear("ngrok", broken)
    judging.hear("ngrok", heard(Response(204, (), b"")))
    judging.close()
    outcome = judging.outcome()
    assert outcome.requests == 1
    assert any("a fault of ours" in note for note in outcome.notes)


def test_the_proxy_s_own_words_are_not_taken_for_the_vendor_s() -> None:
    async def story() -> list[Heard]:
        async with rig(Answering()) as proxy:
            await proxy.get("/", "Upgrade: websocket")
        return proxy.heard

    rules, _ = judged(asyncio.run(story())[0])
    assert "status_is_documented" not in rules
