"""A client of sessions as a script: a right one, and ones with a single fault each."""

import sys
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType

from contract_tests.client.trial import trials
from contract_tests.surprise.book import book
from contract_tests.surprise.effort import Budget, Effort
from contract_tests.surprise.inquiry import Inquiry
from contract_tests.surprise.order import How
from contract_tests.surprise.schedule import called, schedule
from contract_tests.surprise.severable import SeverableProtocol
from contract_tests.surprise.surprising import Surprising

_SCRIPT = """
import http.client, json, os, sys, time
from datetime import datetime
from urllib.parse import quote, urlsplit

URL, KEY = os.environ["CONTRACT_TESTS_URL_NGROK"], os.environ["CONTRACT_TESTS_KEY_NGROK"]

class Refused(Exception):
    pass

def answered(url):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    target = parts.path + ("?" + parts.query if parts.query else "")
    headers = {"Authorization": "Bearer " + KEY, "Ngrok-Version": "2"}
    {asked}
    connection.request("GET", target, headers=headers)
    response = connection.getresponse()
    return response, response.read()

def fetched(url):
    for attempt in range(3):
        response, body = answered(url)
        if response.status in (429, 503):
            time.sleep(float(response.getheader("Retry-After") or 1))
        elif response.status < 500:
            break
    {after}
    if response.status != 200:
        raise Refused(f"HTTP {response.status}")
    {whole}
    return json.loads(body)

def sessions():
    url = URL + "/app/sessions?limit=5"
    while url:
        page = fetched(url)
        items = page["application_sessions"]
        {page}
        yield from items
        url = page["next_page_uri"]
        {last}

def main():
    count = 0
    for session in sessions():
        count += 1
        browser = session["browser_session"]
        {item}
    print(count, "sessions")

try:
    main()
except (Refused, http.client.HTTPException, OSError) as error:
    print("failed:", error, file=sys.stderr)
    sys.exit(3)
"""
_PLACES = ("after", "whole", "page", "last", "item")
_NOTHING = "{'application_sessions': [], 'next_page_uri': None}"
_KNOWN = "{'user_agent', 'ip_address', 'location'}"
FAULTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "null": ("item", "browser['location']['country_code']"),
        "extra": ("item", f"if set(browser) - {_KNOWN}: raise KeyError('unknown field')"),
        "time_offset": ("item", "datetime.strptime(session['created_at'][-1], 'Z')"),
        "text_emoji": ("item", "max(browser['user_agent']['raw'] or '1') < '\\uffff' or {}[0]"),
        "list_empty": ("page", "items[0]"),
        "charset": ("whole", "'charset' not in response.getheader('Content-Type') or {}['it']"),
        "error": ("after", f"if response.status == 401: return {_NOTHING}"),
        "cut_end": ("after", ""),
        "pages_empty_first": ("page", "if not items: return"),
        "pages_many": ("last", "if 0 < len(items) < 5: return"),
        "slip": ("after", ""),
        "bare": ("after", ""),
    }
)  # fmt: skip


def script(fault=""):
    """Return the source of a client with one fault, or none."""
    place, line = FAULTS.get(fault, ("after", ""))
    code = _SCRIPT
    for name in _PLACES:
        code = code.replace(f"{{{name}}}", line if name == place else "pass")
    if fault == "cut_end":
        code = code.replace("response.read()", "_partly(response)").replace(
            "class Refused", "def _partly(response):\n    try:\n        return response.read()\n"
            "    except http.client.IncompleteRead:\n"
            "        return b'{\"application_sessions\": [], \"next_page_uri\": null}'\n\n"
            "class Refused",
        )  # fmt: skip
    if fault == "slip":
        code = code.replace("as error:\n", "as error:\n    error.response['status']\n")
    if fault == "bare":
        code = code.replace(
            "response, body = answered(url)", "response, body = answered(url, attempt)"
        ).replace("def answered(url)", "def answered(url, attempt=0)")
    again = "if attempt: headers.pop('Ngrok-Version')" if fault == "bare" else "pass"
    return code.replace("{asked}", again)


@contextmanager
def tried(tmp_path, source, jobs=2):
    """Yield a trial of a script, and the books."""
    path = tmp_path / "client.py"
    path.write_text(source)
    books = {"ngrok": book("ngrok")}
    with trials(
        [sys.executable, "-S", str(path)],
        ["ngrok"],
        lambda app, plan: Surprising(app, plan, books),
        jobs=jobs,
        protocol=SeverableProtocol,
        has_hook=False,
    ) as trial:
        yield trial, books


def findings(tmp_path, source, kinds):
    """Surprise a script with some kinds alone, and return what is found."""
    with tried(tmp_path, source) as (trial, books):
        effort = Effort(trial, Budget(time_s=1e9), lambda: 0.0, lambda _: None)
        plain = trial(())
        assert plain.code == 0, plain.err
        inquiry, planned = Inquiry(effort, books, plain), schedule(called(plain, books))
        steps = [_only(step, kinds) for step in planned.steps]
        return [finding for step in steps if step.plan for _, finding in inquiry.taken(step)]


def _only(step, kinds):
    chosen = tuple(one for one in step.plan if one.kind in kinds)
    # How a list is followed is seen from all of its ways together.
    return replace(step, plan=step.plan if step.how is How.PAGED and chosen else chosen)
