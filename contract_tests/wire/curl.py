"""An exchange as a curl line that a person can paste into bash; secrets are `$VARIABLES`."""

from __future__ import annotations

import re
import shlex

from contract_tests.wire.exchange import Exchange, Request

# What the library adds by itself, and curl does too.
_OWN = frozenset({"host", "connection", "accept-encoding", "content-length", "user-agent"})
# A kernel takes no longer argument than this (Linux: 128 KiB), so more comes through a pipe.
_LONGEST_ARGUMENT = 100_000
_PLAIN = re.compile(rb"[\x20-\x7e]*")
# How a masked Basic credential is shown: user and password, to be encoded by the shell.
_BASIC_PATTERN = r"\(printf %s \$\w+:\$\w+\|base64 -w0\)"
_BASIC = re.compile(r"\(printf %s (\$\w+:\$\w+)\|base64 -w0\)")
_SAFE_IN_DOUBLE = re.compile(r"[\w :;,./=+?&%@*(){}\[\]-]*", re.ASCII)


def curl(exchange: Exchange) -> str:
    """Return `curl …` for an exchange: it sends the same bytes when it is pasted into bash."""
    request, secrets = exchange.request, exchange.secrets
    words = ["curl", *_manner(request), *_address(exchange)]
    for name, value in request.headers:
        if name.lower() not in _OWN:
            text = f"{name}: {value}" if value.strip() else f"{name};"
            words += ["-H", _quoted(text.encode("latin-1", "replace"), secrets)]
    if not request.body:
        return " ".join(words)
    if not any(name.lower() == "content-type" for name, _ in request.headers):
        words += ["-H", "Content-Type:"]  # curl would call every body a form
    if b"\0" not in request.body and len(request.body) < _LONGEST_ARGUMENT:
        return " ".join([*words, "--data-raw", _quoted(request.body, secrets)])
    return f"{_printed(request.body, secrets)} | " + " ".join([*words, "--data-binary", "@-"])


def _manner(request: Request) -> list[str]:
    if request.method == "GET" and not request.body:
        return ["-i"]
    if request.method == "HEAD" and not request.body:
        return ["-I"]
    words = ["-i", "-X", shlex.quote(request.method)]
    if request.method in {"POST", "PUT", "PATCH"} and not request.body:
        return [*words, "-H", "'Content-Length: 0'"]
    # Without a time limit curl would wait for the body that no answer to HEAD has.
    return [*words, "-m", "10"] if request.method == "HEAD" else words


def _address(exchange: Exchange) -> list[str]:
    """Return the URL, and what keeps curl from reading it in its own way."""
    path = exchange.url.partition("?")[0]
    words = ["-g"] if re.search(r"[\[\]{}]", exchange.url) else []
    if re.search(r"/\.\.?(/|$)", path):
        words.append("--path-as-is")
    if not re.fullmatch(r"[!-~]*", exchange.url) or "#" in exchange.url:
        origin = re.match(r"[^/]*//[^/?#]*", exchange.url)
        target = exchange.url[origin.end() :] if origin else exchange.url
        words += ["--request-target", _quoted(target.encode(), exchange.secrets)]
        return [*words, shlex.quote(origin[0] + "/" if origin else exchange.url)]
    return [*words, _quoted(exchange.url.encode(), exchange.secrets)]


def _quoted(word: bytes, secrets: tuple[str, ...]) -> str:
    pieces = _split(word, secrets)
    if len(pieces) == 1:
        return _literal(word)
    if _SAFE_IN_DOUBLE.fullmatch("".join(pieces[::2])):
        return '"' + _named(pieces) + '"'
    return "".join(f'"{_value(p)}"' if i % 2 else _piece(p) for i, p in enumerate(pieces))


def _named(pieces: list[str]) -> str:
    text = pieces[0]
    for name, rest in zip(pieces[1::2], pieces[2::2], strict=True):
        # Braces where the name would go on into what follows.
        runs_on = re.match(r"\w", rest) and not name.startswith("(")
        text += (f"${{{name}}}" if runs_on else _value(name)) + rest
    return text


def _value(name: str) -> str:
    """Return what stands for a secret: its variable, or both variables of Basic, encoded."""
    pair = _BASIC.fullmatch(name)
    return f'$(printf %s "{pair[1]}"|base64 -w0)' if pair else f"${name}"


def _piece(text: str) -> str:
    return _literal(text.encode("latin-1")) if text else ""


def _split(word: bytes, secrets: tuple[str, ...]) -> list[str]:
    """Return literal text and names of variables by turns; bytes as characters of Latin-1."""
    text = word.decode("latin-1")
    if not secrets:
        return [text]
    longest_first = sorted(secrets, key=len, reverse=True)
    names = "|".join([_BASIC_PATTERN, *map(re.escape, longest_first)])
    return re.split(rf"\$({names})", text)


def _literal(word: bytes) -> str:
    if _PLAIN.fullmatch(word):
        return shlex.quote(word.decode())
    try:
        text = word.decode()
    except ValueError:
        return _escaped(word)
    # Letters of any script are readable as they are; what a terminal would obey is not.
    return shlex.quote(text) if text.isprintable() else _escaped(word)


def _escaped(word: bytes) -> str:
    return "$'" + "".join(map(_in_ansi_quotes, word)) + "'"


def _in_ansi_quotes(byte: int) -> str:
    if chr(byte) in "\\'":
        return "\\" + chr(byte)
    if byte == 0x0A:
        return "\\n"
    # Octal has three digits at most, so no digit that follows is swallowed.
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def _printed(body: bytes, secrets: tuple[str, ...]) -> str:
    pieces = _split(body, secrets)
    written = [f'"{_value(p)}"' if i % 2 else _printable(p) for i, p in enumerate(pieces)]
    formats = "".join("%s" if i % 2 else "%b" for i in range(len(pieces)))
    return f"printf '{formats}' " + " ".join(written)


def _printable(text: str) -> str:
    escaped = [c if " " <= c <= "~" and c != "\\" else f"\\0{ord(c):03o}" for c in text]
    return shlex.quote("".join(escaped))
