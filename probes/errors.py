"""Everything a probe can fail with, as one tree whose messages are each one sentence."""


class ProbeError(Exception):
    """The root of all failures this package raises on purpose."""


class PlanInvalid(ProbeError):
    """A count, interval or timeout that cannot be carried out."""


class TargetUnresolvable(ProbeError):
    """A name that leads to no address."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The target {name[:80]!r} cannot be resolved: {reason}.")
        self.name = name
        self.reason = reason


class RangeInvalid(ProbeError):
    """An allowed range that is not written as one."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text!r} is no address range: {reason}.")


class TargetRefused(ProbeError):
    """An address that the target policy does not open, with the flag that would open it."""

    def __init__(self, address: str, rule: str, permission: str) -> None:
        self.address = address
        self.rule = rule
        self.flag = f"--allow-target {permission}"
        super().__init__(f"{address} is refused because it {rule}, unless {self.flag} is given.")


class PermissionMissing(ProbeError):
    """The kernel grants neither kind of ICMP socket."""

    def __init__(self) -> None:
        super().__init__(
            "No ICMP socket can be opened: let sysctl net.ipv4.ping_group_range include this"
            " process's group, or grant it CAP_NET_RAW."
        )


class SocketUnavailable(ProbeError):
    """An ICMP socket cannot exist here for a reason other than rights, such as no IPv6."""

    def __init__(self, family: str, reason: str) -> None:
        super().__init__(f"No {family} echo socket can be opened here: {reason}.")


class EngineClosed(ProbeError):
    """The engine was closed while a probe was under way, or before it began."""

    def __init__(self) -> None:
        super().__init__("The echo engine is closed.")


class PacketError(ProbeError):
    """Bytes that are not the packet they were taken for."""
