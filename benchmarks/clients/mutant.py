"""What a mutant is: a correct client whose text differs in one place, and what that breaks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).with_name("programs")


class BadMutant(Exception):
    """The text that is to be changed is not in the program, or there more than once."""


@dataclass(frozen=True, slots=True)
class Client:
    """A correct client: the `program` in its folder, and the `vendor` that it talks to."""

    name: str
    program: str
    vendor: str

    @property
    def text(self) -> str:
        """The program as it is."""
        return (PROGRAMS / self.program).read_text("utf-8")


NGROK = Client("ngrok", "ngrok_sessions.py", "ngrok")
NGROK_JS = Client("ngrok-js", "ngrok_users.mjs", "ngrok")
NGROK_SH = Client("ngrok-sh", "ngrok_first_page.sh", "ngrok")
PINGPLOTTER = Client("pingplotter", "pingplotter_sessions.py", "pingplotter")
THOUSANDEYES = Client("thousandeyes", "thousandeyes_instant.py", "thousandeyes")
WISPHUB = Client("wisphub", "wisphub_ping.py", "wisphub")
CLIENTS = {
    client.name: client
    for client in (NGROK, NGROK_JS, NGROK_SH, PINGPLOTTER, THOUSANDEYES, WISPHUB)
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A client with `old` in its text replaced by `new`.

    `kind` is `request` (it asks what it should not), `reaction` (it takes an answer as it should
    not), or `habit` (it does otherwise and is right all the same); `says` tells which or why.
    """

    client: Client
    name: str
    kind: str
    says: str
    old: str
    new: str

    @property
    def text(self) -> str:
        """The changed program; BadMutant if its text is not there exactly once."""
        whole = self.client.text
        if whole.count(self.old) != 1:
            raise BadMutant(
                f"{self.client.name} {self.name}: {whole.count(self.old)} of {self.old!r}"
            )
        return whole.replace(self.old, self.new)
