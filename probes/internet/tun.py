"""A TUN device: what the kernel routes there can be read, and what is written there arrives."""

import fcntl
import ipaddress
import json
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from probes.errors import ProbeError
from probes.internet.routes import check_free
from probes.internet.topology import Topology
from probes.targets import Range

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_LONGEST_NAME = 15
_LONGEST_PACKET = 65_535
_QUEUE = 10_000
"""Packets that may wait to be read: many traces begin at once, and 500 are soon exceeded."""
_DROPPED_COLUMN = 11
_SYSTEM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class DeviceUnavailable(ProbeError):
    """A TUN device that cannot be made or set up, with the reason."""


class TunDevice:
    """A device that lasts until it is closed; only root may make one."""

    def __init__(self, name: str) -> None:
        if not 0 < len(name) <= _LONGEST_NAME or not name.isalnum() or not name.isascii():
            raise DeviceUnavailable(f"{name!r} is no device name: 1 to 15 letters and digits.")
        self.name = name
        try:
            self._fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            text = error.strerror
            raise DeviceUnavailable(f"/dev/net/tun cannot be opened ({text}): be root.") from None
        try:
            request = struct.pack("16sH14x", name.encode(), _IFF_TUN | _IFF_NO_PI)
            fcntl.ioctl(self._fd, _TUNSETIFF, request)
        except OSError as error:
            os.close(self._fd)
            raise DeviceUnavailable(f"{name} cannot be made: {error.strerror}.") from None

    def __enter__(self) -> Self:
        """Use it until the block ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the device away, and its addresses and routes with it."""
        os.close(self._fd)

    def fileno(self) -> int:
        """Return the descriptor, for select."""
        return self._fd

    def lead(self, topology: Topology, ranges: Sequence[Range]) -> None:
        """Give the device the vantage addresses, and lead these ranges there."""
        check_free(ranges, existing_routes())
        self._admit_routers()
        # Without an address of its own making it solicits no IPv6 router.
        _ip("link", "set", "dev", self.name, "addrgenmode", "none")
        _ip("link", "set", "dev", self.name, "up", "txqueuelen", str(_QUEUE))
        for version, address in ((4, topology.ipv4), (6, topology.ipv6)):
            chosen = [range_ for range_ in ranges if range_.version == version]
            if not chosen:
                continue
            quick = ["nodad"] if version == 6 else []
            own = f"{address}/{address.max_prefixlen}"
            _ip(f"-{version}", "address", "add", own, "dev", self.name, *quick)
            for range_ in chosen:
                route = ("route", "add", str(range_), "dev", self.name, "src", str(address))
                _ip(f"-{version}", *route)

    def packets(self, most: int) -> Iterator[bytes]:
        """Return what waits to be read, at most so many packets."""
        for _ in range(most):
            try:
                yield os.read(self._fd, _LONGEST_PACKET)
            except BlockingIOError:
                return

    def send(self, packet: bytes) -> bool:
        """Let a packet arrive on the device; False where the kernel would not have it."""
        try:
            os.write(self._fd, packet)
        except OSError:
            return False
        return True

    def overruns(self) -> int:
        """Count the packets that the kernel dropped because they were not read in time."""
        for row in Path("/proc/net/dev").read_text().splitlines():
            name, _, figures = row.partition(":")
            if name.strip() == self.name:
                return int(figures.split()[_DROPPED_COLUMN])
        return 0

    def _admit_routers(self) -> None:
        """Take packets from addresses to which no route leads, such as routers' own."""
        settings = Path("/proc/sys/net/ipv4/conf")
        # The stricter of the two settings counts, and 2 is looser than 1 (ip-sysctl, rp_filter).
        everywhere = settings.joinpath("all/rp_filter").read_text().strip()
        own = settings / self.name / "rp_filter"
        own.write_text("0" if everywhere == "0" else "2")


def existing_routes() -> list[Range]:
    """Return where this machine's routes lead, the default ones left out."""
    rows = [
        row
        for version in ("-4", "-6")
        for row in json.loads(_ip(version, "-json", "route", "show") or "[]")
    ]
    return [ipaddress.ip_network(row["dst"]) for row in rows if row["dst"] != "default"]


def _ip(*arguments: str) -> str:
    program = shutil.which("ip", path=_SYSTEM_PATH)
    if program is None:
        raise DeviceUnavailable("The program ip is missing: install iproute2.")
    ran = subprocess.run(  # noqa: S603 - a list of words, no shell
        [program, *arguments], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        words = " ".join(arguments)
        raise DeviceUnavailable(f"`ip {words}` failed: {ran.stderr.strip()}")
    return ran.stdout
