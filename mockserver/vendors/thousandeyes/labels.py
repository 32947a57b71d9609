"""What ThousandEyes calls the numbers of codecs, DSCP marks and TLS versions."""

from __future__ import annotations

CODECS = (
    "G.711 @ 64 Kbps",
    "G.722.1 @ 24 Kbps (WB)",
    "G.722.1 @ 32 Kbps (WB)",
    "G.726 @ 32 Kbps",
    "G.723.1 @ 6.4 Kbps",
    "G.729a @ 8 Kbps",
    "RTAudio @ 45 Kbps (WB)",
    "RTAudio @ 27.8 Kbps",
    "SILK @ 36 Kbps (WB)",
    "G.722 @ 64 Kbps (WB)",
)

SSL_VERSIONS = {0: "Auto", 3: "SSLv3", 4: "TLS v1.0", 5: "TLS v1.1", 6: "TLS v1.2"}

# Only the label of 46 is documented; the others are made like it, with the names of RFC 4594.
_DSCP = {
    0: "Best Effort",
    8: "CS1",
    10: "AF11",
    12: "AF12",
    14: "AF13",
    16: "CS2",
    18: "AF21",
    20: "AF22",
    22: "AF23",
    24: "CS3",
    26: "AF31",
    28: "AF32",
    30: "AF33",
    32: "CS4",
    34: "AF41",
    36: "AF42",
    38: "AF43",
    40: "CS5",
    44: "Voice Admit",
    46: "EF",
    48: "CS6",
    56: "CS7",
}


def dscp(number: int) -> str:
    """Return the label of a DSCP mark; a stream may arrive with one that nobody can choose."""
    name = _DSCP.get(number)
    return f"{name} (DSCP {number})" if name else f"DSCP {number}"
