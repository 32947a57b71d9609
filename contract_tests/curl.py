"""An exchange as a curl line that a person can paste; secrets are `$VARIABLES`."""

from __future__ import annotations

import shlex

from contract_tests.exchange import Exchange

# What the library adds by itself, and curl does too.
_OWN = frozenset({"host", "connection", "accept-encoding", "content-length", "user-agent"})


def curl(exchange: Exchange) -> str:
    """Return `curl …` for an exchange; bytes that are no text are sent from `printf`."""
    request = exchange.request
    words = ["curl", "-i", "-X", request.method]
    for name, value in request.headers:
        if name.lower() not in _OWN:
            words += ["-H", f"{name}: {value}" if value else f"{name};"]
    if request.body:
        words += ["--data-binary", request.body.decode("utf-8", "backslashreplace")]
    return " ".join([*(_quoted(word, exchange.secrets) for word in [*words, exchange.url])])


def _quoted(word: str, secrets: tuple[str, ...]) -> str:
    if not any(f"${name}" in word for name in secrets):
        return shlex.quote(word)
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`")
    return f'"{plain}"'
