"""`Key`: the private letters that stand for keys, and what pressing them means to a browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from mockserver.vendors.thousandeyes.measuring.script.calls import Call
from mockserver.vendors.thousandeyes.measuring.script.values import Namespace, Native

# WebDriver, table of key codes in "Element Send Keys": a letter of the private use area a key.
_RELEASE = "\ue000"
_LONGEST_CHORD = 1000
_CODES: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "BACK_SPACE": (0xE003, "Backspace"),
        "TAB": (0xE004, "Tab"),
        "RETURN": (0xE006, "Enter"),
        "ENTER": (0xE007, "Enter"),
        "SHIFT": (0xE008, "Shift"),
        "CONTROL": (0xE009, "Control"),
        "ALT": (0xE00A, "Alt"),
        "ESCAPE": (0xE00C, "Escape"),
        "SPACE": (0xE00D, "Space"),
        "PAGE_UP": (0xE00E, "PageUp"),
        "PAGE_DOWN": (0xE00F, "PageDown"),
        "END": (0xE010, "End"),
        "HOME": (0xE011, "Home"),
        "ARROW_LEFT": (0xE012, "ArrowLeft"),
        "ARROW_UP": (0xE013, "ArrowUp"),
        "ARROW_RIGHT": (0xE014, "ArrowRight"),
        "ARROW_DOWN": (0xE015, "ArrowDown"),
        "INSERT": (0xE016, "Insert"),
        "DELETE": (0xE017, "Delete"),
        **{f"F{number}": (0xE030 + number, f"F{number}") for number in range(1, 13)},
        "META": (0xE03D, "Meta"),
    }
)
_SHORT = ("LEFT", "UP", "RIGHT", "DOWN")
_PRESSED = MappingProxyType({chr(code): key for code, key in _CODES.values()})
_HELD = frozenset({"Shift", "Control", "Alt", "Meta"})


def strokes(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Take what is sent apart: (`type`, a text) and (`press`, a key with those held down)."""
    held: list[str] = []
    typed = ""
    for letter in "".join(texts):
        key = _PRESSED.get(letter)
        if key is None and letter != _RELEASE and not held:
            typed += letter
            continue
        if typed:
            yield "type", typed
            typed = ""
        if letter == _RELEASE:
            held.clear()
        elif key in _HELD:
            held.append(key)
        else:
            yield "press", "+".join([*held, key or letter])
    if typed:
        yield "type", typed


def _chord(call: Call) -> str:
    texts = [call.text(index) for index in range(len(call.arguments))]
    if sum(map(len, texts)) > _LONGEST_CHORD:
        raise call.refused(f"a chord of more than {_LONGEST_CHORD} keys")
    return "".join(texts) + _RELEASE


KEY = Namespace(
    "Key",
    {
        **{name: chr(code) for name, (code, _) in _CODES.items()},
        **{name: chr(_CODES[f"ARROW_{name}"][0]) for name in _SHORT},
        "NULL": _RELEASE,
        "chord": Native("Key.chord", _chord),
    },
)
