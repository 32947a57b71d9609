"""What the operating system and Chromium say went wrong, as failures of a result."""

from probes.failure import Failure, FailureKind

# Chromium's net_error_list.h names them; a longer beginning is listed before a shorter one.
_BY_BEGINNING = (
    ("ERR_CERT_", FailureKind.TLS, "the certificate was not accepted"),
    ("ERR_SSL_", FailureKind.TLS, "the TLS handshake failed"),
    ("ERR_BAD_SSL", FailureKind.TLS, "the TLS handshake failed"),
    ("ERR_ECH", FailureKind.TLS, "the TLS handshake failed"),
    ("ERR_NAME_", FailureKind.RESOLVE, "the name was not resolved"),
    ("ERR_CONNECTION_REFUSED", FailureKind.REFUSED, "the connection was refused"),
    ("ERR_CONNECTION_TIMED_OUT", FailureKind.TIMEOUT, "no connection came about in time"),
    ("ERR_TIMED_OUT", FailureKind.TIMEOUT, "the answer did not come in time"),
    ("ERR_CONNECTION_", FailureKind.RESET, "the peer broke the connection off"),
    ("ERR_EMPTY_RESPONSE", FailureKind.RESET, "the peer closed the connection without a word"),
    ("ERR_SOCKET_NOT_CONNECTED", FailureKind.RESET, "the peer broke the connection off"),
    ("ERR_CONTENT_LENGTH", FailureKind.CONTENT, "the body is shorter than was announced"),
    ("ERR_INCOMPLETE", FailureKind.CONTENT, "the body is shorter than was announced"),
    ("ERR_CONTENT_DECODING", FailureKind.CONTENT, "the body cannot be unpacked"),
    ("ERR_ADDRESS_", FailureKind.UNREACHABLE, "there is no way to the address"),
    ("ERR_INTERNET_", FailureKind.UNREACHABLE, "there is no way to the address"),
    ("ERR_BLOCKED_BY_CLIENT", FailureKind.NOT_ALLOWED, "the block list names this URL"),
    ("ERR_BLOCKED_BY_", FailureKind.NOT_ALLOWED, "the browser's rules for pages forbid it"),
    ("ERR_UNSAFE_PORT", FailureKind.NOT_ALLOWED, "browsers close this port to all pages"),
    ("ERR_SOCKS_", FailureKind.NOT_ALLOWED, "the guard did not let the connection through"),
    ("ERR_TUNNEL_", FailureKind.NOT_ALLOWED, "the guard did not let the connection through"),
    ("ERR_PROXY_", FailureKind.NOT_ALLOWED, "the guard did not let the connection through"),
    ("ERR_TOO_MANY_REDIRECTS", FailureKind.PROTOCOL, "the redirects do not end"),
    ("ERR_INVALID_AUTH", FailureKind.AUTHENTICATION, "the login was not accepted"),
    ("ERR_ABORTED", FailureKind.CONTENT, "the browser gave the request up"),
)


def failure_of_error(error_text: str, phase: str, blocked_reason: str = "") -> Failure:
    """Turn Chromium's error into a failure: `net::ERR_…`, and why it blocked, if it did."""
    name = error_text.removeprefix("net::")[:80]
    if blocked_reason == "inspector":
        name = "ERR_BLOCKED_BY_CLIENT"
    for beginning, kind, words in _BY_BEGINNING:
        if name.startswith(beginning):
            detail = f"{name}, {blocked_reason}" if blocked_reason else name
            return Failure(kind, phase, f"{words[0].upper()}{words[1:]} ({detail}).")
    return Failure(FailureKind.PROTOCOL, phase, f"The browser reports {name or 'no reason'}.")


def failure_of_os(error: OSError, host: str, port: int) -> Failure:
    """Turn what a connecting socket raised into a failure."""
    where = f"{host} port {port}"
    if isinstance(error, ConnectionRefusedError):
        return Failure(FailureKind.REFUSED, "connect", f"{where} refused the connection.")
    if isinstance(error, TimeoutError):
        return Failure(FailureKind.TIMEOUT, "connect", f"{where} did not answer in time.")
    if isinstance(error, ConnectionError):
        return Failure(FailureKind.RESET, "connect", f"{where} broke the connection off.")
    reason = (error.strerror or str(error)).lower()
    return Failure(FailureKind.UNREACHABLE, "connect", f"{where} cannot be reached: {reason}.")
