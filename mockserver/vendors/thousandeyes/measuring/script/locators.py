"""`By`: how a script says where an element is → a selector of playwright."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from mockserver.vendors.thousandeyes.measuring.script.calls import Call
from mockserver.vendors.thousandeyes.measuring.script.values import Locator, Namespace, Native

_NAME = re.compile(r"[A-Za-z][\w-]*|\*")


def within(outer: str, inner: str) -> str:
    """Return the selector of an element inside another one."""
    return f"{outer} >> {inner}"


def _css(text: str) -> str:
    return f"css={text}"


def _xpath(text: str) -> str:
    return f"xpath={text}"


def _attribute(name: str, operator: str) -> Callable[[str], str]:
    return lambda text: f"css=[{name}{operator}{_quoted(text)}]"


def _link(text: str) -> str:
    return f"xpath=.//a[normalize-space(.)={_xpath_text(text.strip())}]"


def _partial_link(text: str) -> str:
    return f"xpath=.//a[contains(normalize-space(.), {_xpath_text(text.strip())})]"


_MAKERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "css": _css,
        "xpath": _xpath,
        "id": _attribute("id", "="),
        "name": _attribute("name", "="),
        "className": _attribute("class", "~="),
        "linkText": _link,
        "partialLinkText": _partial_link,
    }
)


def _quoted(text: str) -> str:
    """Write a text as a string of CSS."""
    safe = "".join(c if c not in '"\\' and c.isprintable() else f"\\{ord(c):x} " for c in text)
    return f'"{safe}"'


def _xpath_text(text: str) -> str:
    """Write a text as XPath 1.0, which has no escapes, can hold it."""
    if '"' not in text:
        return f'"{text}"'
    pieces = ", '\"', ".join(f'"{piece}"' for piece in text.split('"'))
    return f"concat({pieces})"


def _native(name: str, make: Callable[[str], str]) -> Native:
    return Native(f"By.{name}", lambda call: Locator(make(call.text())))


def _tag(call: Call) -> Locator:
    name = call.text()
    if not _NAME.fullmatch(name):
        raise call.refused(f"the tag name {name[:40]!r}")
    return Locator(f"css={name}")


BY = Namespace(
    "By",
    {
        **{name: _native(name, make) for name, make in _MAKERS.items()},
        "tagName": Native("By.tagName", _tag),
    },
)
