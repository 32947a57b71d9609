"""What JUnit XML and SARIF 2.1.0 allow, as far as reports use them, written after their texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

# Element → its attributes (those with `!` must be there) and the elements within it, after the
# schema of Jenkins' xUnit plugin (junit-10.xsd).
_RERUN = ("type! message", "stackTrace system-out system-err")
JUNIT = {
    "testsuites": ("name time tests failures errors", "testsuite"),
    "testsuite": (
        "name! tests! failures! errors! group time skipped timestamp hostname id package file url",
        "testsuite properties testcase system-out system-err",
    ),
    "properties": ("", "property"),
    "property": ("name! value!", ""),
    "testcase": (
        "name! time classname group",
        "skipped error failure rerunFailure rerunError flakyFailure flakyError system-out",
    ),
    "failure": ("type message", ""),
    "error": ("type message", ""),
    "skipped": ("type message", ""),
    "flakyFailure": _RERUN,
    "system-out": ("", ""),
}


def junit_faults(element: Element, parent: str = "") -> Iterator[str]:
    """Yield what the schema would not allow."""
    attributes, _ = JUNIT.get(element.tag, ("", ""))
    if element.tag not in JUNIT or (parent and element.tag not in JUNIT[parent][1].split()):
        yield f"{element.tag} within {parent}"
    named = attributes.split()
    yield from (f"{element.tag} {a}" for a in element.attrib if not {a, f"{a}!"} & set(named))
    needed = [name[:-1] for name in named if name.endswith("!")]
    yield from (f"{element.tag} lacks {a}" for a in needed if a not in element.attrib)
    for child in element:
        yield from junit_faults(child, element.tag)


_TEXT: dict[str, Any] = {"type": "string"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_STAMP = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_MESSAGE = _object({"text": _TEXT}, {"markdown": _TEXT})
_RULE = _object(
    {"id": _TEXT},
    {
        "shortDescription": _MESSAGE,
        "fullDescription": _MESSAGE,
        "help": _MESSAGE,
        "defaultConfiguration": _object({}, {"level": _LEVEL}),
    },
)
_ARTIFACT = _object({"uri": {"type": "string", "pattern": r"^[!-~]+$"}}, {"uriBaseId": _TEXT})
_LOCATION = _object(
    {},
    {
        "physicalLocation": _object(
            {"artifactLocation": _ARTIFACT},
            {"region": _object({"startLine": {"type": "integer", "minimum": 1}})},
        ),
        "logicalLocations": _array(_object({}, {"fullyQualifiedName": _TEXT, "kind": _TEXT})),
    },
)
_RESULT = _object(
    {"ruleId": _TEXT, "message": _MESSAGE},
    {
        "ruleIndex": _COUNT,
        "level": _LEVEL,
        "locations": _array(_LOCATION),
        "partialFingerprints": {"type": "object", "additionalProperties": _TEXT},
        "occurrenceCount": {"type": "integer", "minimum": 1},
        "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
        "properties": {"type": "object"},
    },
)
_INVOCATION = _object(
    {"executionSuccessful": {"type": "boolean"}},
    {
        "startTimeUtc": _STAMP,
        "endTimeUtc": _STAMP,
        "toolExecutionNotifications": _array(_object({"message": _MESSAGE}, {"level": _LEVEL})),
    },
)
_DRIVER = _object({"name": _TEXT}, {"semanticVersion": _TEXT, "rules": _array(_RULE)})
_RUN = _object(
    {"tool": _object({"driver": _DRIVER})},
    {
        "automationDetails": _object({"id": _TEXT}),
        "originalUriBaseIds": {"type": "object"},
        "invocations": _array(_INVOCATION),
        "results": _array(_RESULT),
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "properties": {"type": "object"},
    },
)
SARIF = _object({"version": {"const": "2.1.0"}, "runs": _array(_RUN)}, {"$schema": _TEXT})
