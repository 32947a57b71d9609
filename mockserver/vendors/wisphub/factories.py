"""A believable provider: clients in town, their plans, and a device at an address for each."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from mockserver.core.addresses import DOCUMENTATION, loopback_address
from mockserver.core.store import Document
from mockserver.vendors.wisphub.model import SERVICE
from probes.simulated import SimulatedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.vendors.wisphub.backend import WisphubBackend

SERVICES = 60
# Ids that every world has, one for each thing that can come of a ping.
REAL, STABLE, INTERMITTENT, DEAD, UNASSIGNED = 12345, 12346, 12347, 12348, 12349
_REAL_DEVICES = 7
_PLANS = ("Residencial 20 Mbps", "Residencial 50 Mbps", "Hogar 100 Mbps", "Empresarial 200 Mbps")


async def populate(backend: WisphubBackend) -> None:
    """Fill a new account."""
    chance = backend.randomness.stream("estate")
    fake = backend.randomness.faker("estate", locale="es_MX")
    for id_, address in _devices(backend.randomness.seed, chance).items():
        service: Document = {
            "id": str(id_),
            "client": fake.name(),
            "plan": chance.choice(_PLANS),
            "address": address,
        }
        await backend.documents.insert(SERVICE.name, service["id"], service)


def _devices(seed: int, chance: random.Random) -> dict[int, str | None]:
    """Return the address of each service's device by the service's id."""
    streets = _Streets(seed, chance)
    devices: dict[int, str | None] = {
        REAL: "127.0.0.1",
        STABLE: streets.take(lambda loss: loss == 0),
        INTERMITTENT: streets.take(lambda loss: 0.3 <= loss < 0.5),
        DEAD: streets.take(lambda loss: loss == 1),
        UNASSIGNED: None,
    }
    for number, id_ in enumerate(_ids(SERVICES - len(devices), devices, chance)):
        real = number < _REAL_DEVICES
        devices[id_] = loopback_address(chance) if real else streets.take()
    return devices


def _ids(count: int, taken: dict[int, str | None], chance: random.Random) -> list[int]:
    drawn = chance.sample(range(1000, 100_000), count + len(taken))
    return [id_ for id_ in drawn if id_ not in taken][:count]


class _Streets:
    """Documentation addresses, each given out once.

    How good a simulated path is follows from the seed and the address, so a device that is to
    lose packets is put where packets get lost.
    """

    def __init__(self, seed: int, chance: random.Random) -> None:
        self._network = SimulatedNetwork(seed)
        self._free = [f"{net}.{host}" for net in DOCUMENTATION for host in range(1, 255)]
        chance.shuffle(self._free)

    def take(self, fits: Callable[[float], bool] = lambda _: True) -> str:
        """Return an address whose share of lost packets fits."""
        for address in self._free:
            if fits(self._network.describe(address).loss_probability):
                self._free.remove(address)
                return address
        raise LookupError("no documentation address of the wanted quality is left")
