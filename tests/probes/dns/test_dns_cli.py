"""The verbs `probes dns`, `dns-trace` and `dnssec`: what they print and how they end."""

import json
import re

import pytest
from click.testing import CliRunner, Result

from probes.cli import main

VERBS = ("dns", "dns-trace", "dnssec")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("verb", VERBS)
def test_every_example_of_the_help_can_be_parsed(verb: str) -> None:
    """Those that send nothing also succeed."""
    examples = re.findall(r"^ +probes (.+)$", run(verb, "--help").stdout, re.MULTILINE)
    assert len(examples) == 4
    simulated = [example.split() for example in examples if "--simulate" in example]
    assert simulated
    for words in simulated:
        ran = run(*words)
        assert ran.exit_code == 0, ran.output


def test_dns_prints_the_answer() -> None:
    ran = run("dns", "dns.example", "www.example.com", "--simulate", "2")
    assert ran.exit_code == 0
    assert re.search(r"^resolution time: \d+\.\d{3} ms$", ran.stdout, re.MULTILINE)
    assert re.search(r"^www.example.com. A: 198\.\d+\.\d+\.\d+$", ran.stdout, re.MULTILINE)


def test_dns_without_data_is_exit_status_1() -> None:
    ran = run("dns", "dns.example", "www.a.invalid", "--simulate", "2")
    assert ran.exit_code == 1
    assert "status: NXDOMAIN" in ran.stdout


def test_dns_with_json_is_one_line() -> None:
    ran = run("dns", "dns.example", "www.example.com", "--simulate", "2", "--json")
    report = json.loads(ran.stdout)
    assert ran.stdout.count("\n") == 1
    assert (report["ok"], report["rcode"], report["availability"]) == (True, "NOERROR", 100.0)
    assert len(report["mappings"]) == 1


def test_a_trace_prints_each_step() -> None:
    ran = run("dns-trace", "www.example.com", "--simulate", "3")
    assert ran.exit_code == 0
    assert "referral from a.root-servers.net. (198.41.0.4)" in ran.stdout
    assert "queries: 3, 0 failed" in ran.stdout


def test_a_trace_from_the_real_roots_is_refused_by_default() -> None:
    ran = run("dns-trace", "www.example.com")
    assert ran.exit_code == 2
    assert "--allow-target 198.41.0.4/32" in ran.stderr


def test_dnssec_prints_verdict_reason_and_chain() -> None:
    ran = run("dnssec", "www.example.com", "--simulate", "3")
    assert ran.exit_code == 0
    assert "www.example.com A: secure" in ran.stdout
    assert "zone example.com.: secure, DS" in ran.stdout


def test_dnssec_from_the_real_roots_is_refused_by_default() -> None:
    assert run("dnssec", "www.example.com").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["dns", "127.0.0.1", "a..b"],
        ["dns", "127.0.0.1", "a", "--tries", "0"],
        ["dns", "127.0.0.1", "a", "--transport", "tls", "--ca", "/nonexistent"],
        ["dns-trace", "a", "--root", "nowhere"],
        ["dnssec", "a", "--anchor", "x"],
        ["dnssec", "a", "--server", "192.0.2.1"],
    ],
)
def test_a_refusal_is_exit_status_2_and_one_line(arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.exit_code == 2
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1


def test_anchors_are_read_from_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("anchor") / "anchors"
    path.write_text("; the root\n\n. IN DS 1 8 2 nonsense\n")
    ran = run("dnssec", "a", "--anchor-file", str(path), "--simulate", "3")
    assert ran.exit_code == 2
    assert "nonsense" in ran.stderr
