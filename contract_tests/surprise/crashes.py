"""How programs look, in several languages, when they fall over what they did not expect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Signature:
    """A line of output that says so: of which language, and whether it is about reading bytes."""

    language: str
    line: re.Pattern[str]
    reads: bool = False


def _line(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^.*?{pattern}.*$", re.MULTILINE)


_OF_NODE = r"(?!.*(?:fetch failed|terminated|Failed to fetch|Load failed|Cannot |is not a func))"
_PYTHON = (
    rf"^{_OF_NODE}"
    r"(?:E +)?(?:\w+\.)*(?:KeyError|TypeError|AttributeError|IndexError|RecursionError|NameError"
    r"|UnboundLocalError|ZeroDivisionError|OverflowError|StopIteration|ValueError|MemoryError"
    r"|ValidationError|NotImplementedError|UnicodeEncodeError|LookupError|ArithmeticError"
    r"|InvalidOperation|ParserError|StructureHandlerError)\b(?::.*)?$"
)
_PYTHON_READS = r"^(?:E +)?(?:\w+\.)*(?:JSONDecodeError|UnicodeDecodeError)\b.*$"
_NODE = (
    r"(?:TypeError|ReferenceError|RangeError|ZodError|InvalidCharacterError)(?: \[[A-Z_]+\])?: "
)
# fetch throws a TypeError where there is no answer: that is a refusal, not a slip.
_NODE_FETCH = r"(?!fetch failed|terminated|Failed to fetch|Network|network|Load failed)"

_JAVA = (
    r"java\.(?:lang|util)\.\w*"
    r"(?:NullPointer|ClassCast|NumberFormat|IndexOutOfBounds|NoSuchElement|IllegalArgument)"
)
_JACKSON = (
    r"(?:JsonMappingException|MismatchedInputException|UnrecognizedPropertyException"
    r"|InvalidFormatException|DateTimeParseException)"
)
_SHARP = r"System\.(?:NullReference|InvalidCast|Format|Overflow|ArgumentNull|IndexOutOfRange)"
_RUBY = r"\((?:NoMethodError|TypeError|KeyError|ArgumentError|NameError|FrozenError|RangeError)\)"
_SHELL = (
    r"(?:integer expression expected|unbound variable|syntax error|arithmetic syntax error"
    r"|value too great for base|bad array subscript|Segmentation fault|core dumped|Out of memory"
    r"|heap out of memory)"
)
_NODE_READS = r"SyntaxError: (?:Unexpected|Unterminated|Bad|Expected|Invalid)"
_GO_READS = r"(?:unexpected end of JSON input|invalid character .* looking for)"
_JAVA_READS = r"(?:JsonParseException|JsonEOFException|MalformedJsonException)"
_JQ_READS = r"(?:jq: )?(?:parse error|error): (?:Unfinished|Invalid|Expected)"

SIGNATURES: tuple[Signature, ...] = (
    Signature("Python", re.compile(_PYTHON, re.MULTILINE)),
    Signature("Python", re.compile(_PYTHON_READS, re.MULTILINE), reads=True),
    Signature("JavaScript", _line(_NODE + _NODE_FETCH)),
    Signature("JavaScript", _line(_NODE_READS), reads=True),
    Signature("JavaScript", _line(r"Uncaught Error: Cannot (?:read|convert|set)")),
    Signature("Go", _line(r"\bpanic: ")),
    Signature("Go", _line(r"json: cannot unmarshal")),
    Signature("Go", _line(r"parsing time \"")),
    Signature("Go", _line(_GO_READS), reads=True),
    Signature("Java", _line(_JAVA)),
    Signature("Java", _line(_JACKSON)),
    Signature("Java", _line(_JAVA_READS), reads=True),
    Signature("C#", _line(_SHARP)),
    Signature("C#", _line(r"System\.Text\.Json\.JsonException|Newtonsoft\.Json\.\w+Exception")),
    Signature("Rust", _line(r"thread '.*' (?:\(\d+\) )?panicked at")),
    Signature("Ruby", _line(_RUBY)),
    Signature("Ruby", _line(r"JSON::ParserError"), reads=True),
    Signature("PHP", _line(r"PHP (?:Fatal error|Warning|Notice): ")),
    Signature("PHP", _line(r"Uncaught (?:TypeError|ValueError|Error|JsonException)")),
    Signature("Perl", _line(r"Can't use (?:an undefined value|string)")),
    Signature("Perl", _line(r"Not an? (?:HASH|ARRAY) reference")),
    Signature("jq", _line(r"jq: error \(at .*\): ")),
    Signature("jq", _line(_JQ_READS), reads=True),
    Signature("shell", _line(_SHELL)),
)

_SLIPS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "Python": re.compile(
            r"^(?:KeyError|TypeError|AttributeError|IndexError|NameError|UnboundLocalError)\b"
        ),
        "JavaScript": re.compile(
            r"Cannot (?:read|set|destructure|convert)|is not (?:a function|iterable|defined)"
        ),
    }
)
_ASSERTIONS = re.compile(
    r"^(?:E +)?(?:AssertionError|AssertionError \[ERR_ASSERTION\])\b|\bexpect\(|"
    r"--- FAIL: |^not ok \d|AssertionError: |ComparisonFailure|Expected: .*\n.*Actual: ",
    re.MULTILINE,
)
_FRAME = re.compile(r'^\s*File "([^"]+)", line (\d+), in (\S+)', re.MULTILINE)
_PYTEST = re.compile(r"^(\S+\.py):(\d+): \w+", re.MULTILINE)
_NODE_FRAME = re.compile(
    r"^\s+at (?:.*\()?(?:file://)?(/?[^\s()]+\.[cm]?[jt]sx?):(\d+)", re.MULTILINE
)
_NOT_OWN = ("site-packages", "dist-packages", "/lib/python", "<frozen", "node_modules", "node:")


@dataclass(frozen=True, slots=True)
class Crash:
    """A slip that was seen: the line that says it, and where in the client it happened.

    `is_own` says that it is one of the client's own code, whatever a library may throw.
    """

    language: str
    line: str
    at: str = ""
    is_own: bool = True

    def __str__(self) -> str:
        """Word it for a person."""
        return f"{self.line} at {self.at}" if self.at else self.line


def crash_in(output: str, *, reading: bool = True) -> Crash | None:
    """Return the last slip that an output tells of.

    Without `reading`, those do not count that say that bytes were no whole text.
    """
    best: tuple[int, Signature, str] | None = None
    for signature in SIGNATURES:
        if signature.reads and not reading:
            continue
        for match in signature.line.finditer(output):
            if best is None or match.start() > best[0]:
                best = match.start(), signature, match[0].strip()
    if best is None:
        return None
    line = best[2].removeprefix("E").strip()[:_LONGEST]
    return Crash(best[1].language, line, _at(output), _is_slip(best[1].language, line, output))


def asserts(output: str) -> bool:
    """Say whether an output tells that a test of the client's own has failed."""
    return _ASSERTIONS.search(output) is not None


def _is_slip(language: str, line: str, output: str) -> bool:
    """Say whether the client's own code did what it may not, and no library told of a failure."""
    told = _SLIPS.get(language)
    if told is None:
        return True
    frames = [match[1] for match in _FRAME.finditer(output)]
    is_inside = language != "Python" or not frames or _is_own(frames[-1])
    return is_inside and told.search(line) is not None


def _at(output: str) -> str:
    for pattern in (_FRAME, _PYTEST, _NODE_FRAME):
        frames = [match for match in pattern.finditer(output) if _is_own(match[1])]
        if frames:
            chosen = frames[0] if pattern is _NODE_FRAME else frames[-1]
            return f"{chosen[1].rpartition('/')[2]}:{chosen[2]}"
    return ""


def _is_own(path: str) -> bool:
    return not any(part in path for part in _NOT_OWN)
