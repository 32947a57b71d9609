"""What a denial can amount to."""

from enum import Enum, auto


class Proof(Enum):
    """Whether something is proven not to be there."""

    GIVEN = auto()
    OPTED_OUT = auto()
    """Unsigned delegations may hide in the gap (RFC 5155, 9.2): no more than insecure."""
    MISSING = auto()


class Cut(Enum):
    """What is proven of a name at which a zone could end."""

    UNSIGNED = auto()
    """A delegation without DS: what is below is not signed."""
    NONE = auto()
    """The name exists, and the zone goes on."""
    NO_NAME = auto()
    """The name does not exist, nor does anything below."""
    UNPROVEN = auto()
