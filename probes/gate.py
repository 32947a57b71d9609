"""The one gate before every socket: resolve, check against the policy, pin; and bounds."""

import ipaddress
import socket
from dataclasses import dataclass

from probes.errors import TargetRefused
from probes.failure import Failure, FailureKind
from probes.resolve import Lookup, PinnedTarget, admit
from probes.targets import Address, TargetPolicy


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one live network, which is to say of one process."""

    packets_per_s: int = 20_000
    """Echo requests and trace probes a second, over all targets."""
    bits_per_s: int = 10_000_000_000
    """What one throughput or voice stream may be told to send."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets names and addresses through, or raises TargetRefused or TargetUnresolvable.

    Whoever opens a socket connects to what `admit` or `check` returned, never to a name.
    """

    policy: TargetPolicy
    lookup: Lookup | None = None
    limits: Limits = Limits()

    async def admit(
        self, name: str, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> PinnedTarget:
        """Resolve a name or address, of one family if that is wanted, check it and pin it."""
        return await admit(name, self.policy, self.lookup, family)

    def check(self, address: str | Address) -> Address:
        """Check an address that a peer pointed to: a redirect, PASV, a Contact, glue."""
        return self.policy.check(ipaddress.ip_address(address))

    def objection(self, address: str | Address, phase: str) -> Failure | None:
        """Say why an address that a peer pointed to may not be contacted; None if it may."""
        try:
            self.check(address)
        except TargetRefused as error:
            return Failure(FailureKind.NOT_ALLOWED, phase, str(error))
        except ValueError:
            text = f"{str(address)[:80]!r} is no address."
            return Failure(FailureKind.PROTOCOL, phase, text)
        return None
