"""A client in a world of its own: every request judged, with the line that sent it."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import peers
import pytest
from wrapped_clients import ROOT, run, run_python, script

from contract_tests.client.streams import Pipes
from contract_tests.client.wrapped import Run
from contract_tests.findings.finding import Finding
from contract_tests.reports import FORMATS, reported

# Each asks for what is not there: a finding of every request.
BY_LIBRARY = {
    "requests": "import requests\ndef fetch():\n    requests.get(U + '/none', headers=H)\n",
    "session": (
        "import requests\nsession = requests.Session()\n"
        "def fetch():\n    session.get(U + '/none', headers=H)\n"
    ),
    "urllib3": (
        "import urllib3\ndef fetch():\n    urllib3.request('GET', U + '/none', headers=H)\n"
    ),
    "urllib": (
        "import urllib.request, urllib.error\ndef fetch():\n"
        "    try:\n"
        "        urllib.request.urlopen(urllib.request.Request(U + '/none', headers=H))\n"
        "    except urllib.error.HTTPError:\n        pass\n"
    ),
    "http.client": (
        "import http.client, urllib.parse\ndef fetch():\n"
        "    line = http.client.HTTPConnection(urllib.parse.urlsplit(U).netloc)\n"
        "    line.request('GET', '/none', headers=H)\n"
        "    line.getresponse().read()\n"
    ),
    "httpx": "import httpx\ndef fetch():\n    httpx.get(U + '/none', headers=H)\n",
    "httpx, async": (
        "import asyncio, httpx\nasync def fetched():\n"
        "    async with httpx.AsyncClient() as client:\n"
        "        await client.get(U + '/none', headers=H)\n"
        "def fetch():\n    asyncio.run(fetched())\n"
    ),
}
HERE = "app.py"
HOOKS = ROOT / "contract_tests" / "client" / "hooks"


def findings(found: Run) -> list[Finding]:
    return [one for outcome, _ in found.told for one in outcome.findings]


def callers(found: Run) -> list[str]:
    return [one.exchanges[-1].caller for one in findings(found) if one.exchanges]


def names(found: Run) -> set[str]:
    return {one.rule for one in findings(found)}


def test_a_client_that_asks_rightly_has_no_findings(tmp_path: Path) -> None:
    found = run_python(
        tmp_path, "import requests\nprint(requests.get(U + '/app/sessions', headers=H).ok)"
    )
    assert findings(found) == []
    assert found.ended.code == 0


def test_a_call_of_what_is_not_there_is_found(tmp_path: Path) -> None:
    found = run_python(tmp_path, BY_LIBRARY["requests"] + "fetch()")
    assert "operation_exists" in names(found)


def test_what_a_client_writes_is_its_own(tmp_path: Path) -> None:
    pipes = Pipes()
    run_python(tmp_path, "import sys\nprint('out')\nprint('err', file=sys.stderr)", pipes=pipes)
    assert (pipes.out.text, pipes.err.text) == ("out\n", "err\n")


@pytest.mark.slow
@pytest.mark.parametrize("library", BY_LIBRARY)
def test_the_line_is_told(library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = run(sys.executable, script(tmp_path, f"{BY_LIBRARY[library]}fetch()").name)
    (caller,) = set(callers(found))
    text = (tmp_path / HERE).read_text("utf-8").splitlines()
    path, number = caller.partition(" in ")[0].split(":")
    assert path == HERE
    assert "U" in text[int(number) - 1] or "line.request" in text[int(number) - 1]
    assert caller.partition(" in ")[2] in {"fetch", "fetched"}


def test_without_hooks_there_is_no_line(tmp_path: Path) -> None:
    found = run_python(tmp_path, BY_LIBRARY["requests"] + "fetch()", has_hook=False)
    assert set(callers(found)) == {""}


def test_nobody_sees_the_header_of_the_hook(tmp_path: Path) -> None:
    found = run_python(tmp_path, BY_LIBRARY["requests"] + "fetch()")
    every = [each for outcome, _ in found.told for each in outcome.exchanges]
    assert not [n for one in every for n, _ in one.request.headers if "caller" in n.lower()]


def test_the_hook_is_python_3_8() -> None:
    text = (HOOKS / "python" / "sitecustomize.py").read_text("utf-8")
    ast.parse(text, feature_version=(3, 8))


def test_the_hook_needs_the_standard_library_alone() -> None:
    text = (HOOKS / "python" / "sitecustomize.py").read_text("utf-8")
    found = {
        (node.module or "").partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom)
    }
    assert found <= sys.stdlib_module_names


@pytest.mark.slow
def test_others_are_not_told_the_line(tmp_path: Path) -> None:
    text = """
        import http.server, threading, requests
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(str(self.headers).encode())
            def log_message(self, *args):
                pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(requests.get(f"http://127.0.0.1:{server.server_port}/").text.lower())
    """
    pipes = Pipes()
    run_python(tmp_path, text, pipes=pipes)
    assert "user-agent" in pipes.out.text
    assert "caller" not in pipes.out.text


def test_a_sitecustomize_of_the_users_is_run_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os\nos.environ['SEEN'] = '1'\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    pipes = Pipes()
    text = "import os, sitecustomize\nprint(os.environ['SEEN'], sitecustomize.__file__)"
    run_python(tmp_path, text, pipes=pipes)
    assert pipes.out.text == f"1 {tmp_path}/sitecustomize.py\n"


def test_the_path_of_modules_is_as_it_would_be(tmp_path: Path) -> None:
    pipes = Pipes()
    run_python(tmp_path, "import sys\nprint(any('hooks' in p for p in sys.path))", pipes=pipes)
    assert pipes.out.text == "False\n"


@pytest.mark.slow
def test_the_lines_of_node_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    peers.needs("node")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.mjs").write_text(
        "import http, { get } from 'node:http';\n"
        "const U = process.env.CONTRACT_TESTS_URL;\n"
        "async function plainly() { await fetch(U + '/a'); }\n"
        "async function asRequest() { await fetch(new Request(U + '/b')); }\n"
        "const done = (ok) => (answer) => answer.resume().on('end', ok);\n"
        "const asked = () => new Promise((ok) => http.request(U + '/c', done(ok)).end());\n"
        "const got = () => new Promise((ok) => get(U + '/d', done(ok)));\n"
        "await plainly(); await asRequest(); await asked(); await got();\n",
        "utf-8",
    )
    found = run("node", "app.mjs")
    told = {caller.partition(" in ")[0] for caller in callers(found)}
    assert told == {"app.mjs:3", "app.mjs:4", "app.mjs:6", "app.mjs:7"}


@pytest.mark.slow
def test_each_vendor_is_judged_by_its_own_contract(tmp_path: Path) -> None:
    text = """
        import requests
        key = os.environ["TE_TOKEN"]
        requests.get(os.environ["TE_API_ENDPOINT"] + "/agents",
                     headers={"Authorization": "Bearer " + key})
        requests.get(os.environ["NGROK_API_BASE_URL"] + "/agents")
    """
    file = tmp_path / "app.py"
    file.write_text("import os\n" + "\n".join(line[8:] for line in text.splitlines()), "utf-8")
    found = run(sys.executable, file, vendors=("ngrok", "thousandeyes"))
    by_vendor = {one.about.vendor: {each.rule for each in one.findings} for one, _ in found.told}
    assert "operation_exists" in by_vendor["ngrok"]
    assert by_vendor["thousandeyes"] == set()


def test_a_client_that_hangs_is_a_finding() -> None:
    found = run("sleep", "600", time_limit_s=0.3)
    assert names(found) == {"client_ends"}


def test_links_lead_on_at_the_address_that_was_given(tmp_path: Path) -> None:
    text = """
        import requests
        page = requests.get(U + "/app/sessions?limit=1", headers=H).json()
        print(page["next_page_uri"].startswith(U + "/app/sessions?"))
    """
    pipes = Pipes()
    run_python(tmp_path, text, pipes=pipes)
    assert pipes.out.text == "True\n"


@pytest.fixture(scope="module")
def spilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, str]:
    """Run a client that shows its key wherever it can; return it with the key."""
    pipes = Pipes()
    text = """
        import requests
        key = os.environ["CONTRACT_TESTS_KEY"]
        requests.get(U + "/none?token=" + key, headers=H)
        requests.post(U + "/none/" + key, headers=H, json={"key": key})
        print(key)
    """
    found = run_python(tmp_path_factory.mktemp("spilt"), text, pipes=pipes)
    return found, pipes.out.text.strip()


@pytest.mark.parametrize("kind", list(FORMATS))
def test_no_report_holds_a_key(kind: str, spilt: tuple[Run, str]) -> None:
    found, key = spilt
    assert len(key) > 20
    for outcome, sentence in found.told:
        assert key not in FORMATS[kind](reported(outcome, sentence))


def test_the_report_tells_command_code_and_line(tmp_path: Path) -> None:
    found = run_python(tmp_path, BY_LIBRARY["requests"] + "fetch()\nraise SystemExit(5)")
    outcome, sentence = found.told[0]
    document = json.loads(FORMATS["json"](reported(outcome, sentence)))
    assert document["child_code"] == 5
    assert document["command"].endswith("app.py")
    assert document["entries"][0]["caller"].endswith(" in fetch")
