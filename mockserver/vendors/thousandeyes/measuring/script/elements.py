"""What a script can do with an element: each verb is a step, or reads a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script import keys
from mockserver.vendors.thousandeyes.measuring.script.calls import Call
from mockserver.vendors.thousandeyes.measuring.script.locators import within
from mockserver.vendors.thousandeyes.measuring.script.recorder import Recorder
from mockserver.vendors.thousandeyes.measuring.script.values import (
    UNDEFINED,
    Claims,
    Element,
    Native,
    PageText,
    Value,
)
from probes.transaction.actions import Claim, Click, Fill, Press, Type, WaitForPresence


def find(recorder: Recorder, node: Node, selector: str) -> Element:
    """Look for an element as long as the script allows."""
    recorder.record(node, WaitForPresence(selector), recorder.implicit_s)
    return Element(selector)


def member(element: Element, name: str) -> Native | None:
    """Return a method of an element; None if it is not known."""
    act = _METHODS.get(name)
    if act is None:
        return None
    return Native(f"an element's {name}", lambda call: act(call, element))


def _click(call: Call, element: Element) -> Value:
    # All the time there is: it lasts until the page that it leads to has loaded.
    call.recorder.record(call.node, Click(element.selector), call.recorder.page_load_s)
    return UNDEFINED


def _send_keys(call: Call, element: Element) -> Value:
    texts = [call.text(index) for index in range(len(call.arguments))]
    recorder = call.recorder
    for verb, what in keys.strokes(texts):
        if verb == "type":
            recorder.record(call.node, Type(element.selector, what))
        else:
            recorder.record(call.node, Press(what, element.selector), recorder.page_load_s)
    return UNDEFINED


def _clear(call: Call, element: Element) -> Value:
    call.recorder.record(call.node, Fill(element.selector, ""), call.recorder.implicit_s)
    return UNDEFINED


def _get_text(call: Call, element: Element) -> Value:
    return PageText("text", element.selector, call.recorder.changes)


def _is_displayed(call: Call, element: Element) -> Value:
    claim = Claim("visible", "is", "yes", element.selector)
    return Claims((claim,), call.recorder.changes)


def _find_element(call: Call, element: Element) -> Value:
    selector = within(element.selector, call.locator().selector)
    return find(call.recorder, call.node, selector)


_METHODS: Mapping[str, Callable[[Call, Element], Value]] = MappingProxyType(
    {
        "click": _click,
        "sendKeys": _send_keys,
        "clear": _clear,
        "getText": _get_text,
        "isDisplayed": _is_displayed,
        "findElement": _find_element,
    }
)
NAMES = tuple(_METHODS)
