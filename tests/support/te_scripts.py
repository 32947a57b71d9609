"""Transaction scripts for tests: a frame around statements, and what they became."""

from __future__ import annotations

from mockserver.vendors.thousandeyes.measuring.script import Journey, ScriptRefused, translate
from probes.transaction.actions import Action

URL = "http://site.test/start"
LIMIT_S = 40.0
HEAD = """import { By, Key, until } from 'selenium-webdriver';
import { driver, markers, test, credentials } from 'thousandeyes';
driver.get('/');
"""
HEAD_LINES = 3


def journey(text: str, *, head: str = HEAD) -> Journey:
    """Translate statements that follow the imports and the opening of a page."""
    return translate(head + text, URL, LIMIT_S)


def actions(text: str, *, head: str = HEAD) -> list[Action]:
    """Return what the browser is to do, without the opening of the page."""
    steps = journey(text, head=head).steps
    return [step.action for step in steps][1 if head == HEAD else 0 :]


def refusal(text: str) -> tuple[int, int, str]:
    """Return line and column, counted in the statements, and what is not understood."""
    try:
        journey(text)
    except ScriptRefused as refused:
        return refused.line - HEAD_LINES, refused.column, refused.what
    raise AssertionError("the script was understood")
