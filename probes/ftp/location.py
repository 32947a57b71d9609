"""Where on which server: an FTP URL taken apart (RFC 1738, section 3.2)."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from probes.errors import PlanInvalid

USUAL_PORT = 21


@dataclass(frozen=True, slots=True)
class Location:
    """Host, port, the directory to change to (empty: stay), and the file in it (may be empty)."""

    host: str
    port: int
    directory: str
    file: str


def locate(target: str) -> Location:
    """Read `[ftp://]host[:port][/path]`; a user or password in it is refused, as is a query."""
    url = target if "://" in target else f"ftp://{target}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise PlanInvalid(f"{target!r} is no FTP URL: {error}.") from None
    if parts.scheme != "ftp":
        raise PlanInvalid(f"{target!r} must begin with ftp://, and TLS is asked for apart.")
    if "@" in parts.netloc:
        raise PlanInvalid("User and password are given apart from the URL.")
    if not host or port == 0:
        raise PlanInvalid(f"{target!r} names no host and port.")
    # Not parts.path: in FTP a question mark and a number sign are letters of a file name.
    path = url.partition("://")[2].removeprefix(parts.netloc)
    return Location(host, port or USUAL_PORT, *_split(path, target))


def _split(path: str, target: str) -> tuple[str, str]:
    try:
        path = unquote(path.removeprefix("/"), errors="strict")
    except UnicodeDecodeError:
        raise PlanInvalid(f"The path of {target!r} is not UTF-8.") from None
    if not path.isprintable():
        raise PlanInvalid(f"The path of {target!r} holds control characters.")
    directory, slash, file = path.rpartition("/")
    # A lone slash is the root directory, not no directory.
    return (directory or slash), file
