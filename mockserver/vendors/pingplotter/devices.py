"""What an agent knows of the device that it is installed on."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.core.addresses import (
    documentation_address,
    documentation_address6,
    loopback_address,
)
from mockserver.core.store import Document
from mockserver.vendors.pingplotter.model import CONFIGURATION_ID, CUSTOM_FIELDS

if TYPE_CHECKING:
    from faker import Faker

LAPTOP, DESKTOP, SERVER = "laptop", "desktop", "server"
_PLATFORMS = {
    LAPTOP: ("Windows", "Windows", "MacOS", "Linux"),
    DESKTOP: ("Windows", "Windows", "MacOS"),
    SERVER: ("Linux", "Linux", "Windows"),
}
_WIRED = {"Windows": "ethernet_32769", "MacOS": "en5", "Linux": "enp3s0"}
_WIRELESS = {"Windows": "wireless_32768", "MacOS": "en0", "Linux": "wlp2s0"}
_VERSIONS = ("5.24.3", "5.25.1", "5.25.3")
_DEPARTMENTS = ("Finance", "Sales", "Support", "Engineering", "Operations")


@dataclass(frozen=True, slots=True)
class Office:
    """One place where the company has devices; `switch` is an address that really answers."""

    city: str
    slug: str
    public: str
    gateway: str
    switch: str
    uplink: str

    @staticmethod
    def of(city: str, chance: random.Random) -> Office:
        """Give an office in `city` its addresses."""
        slug = "".join(char for char in city.lower() if char.isalnum() and char.isascii())
        return Office(
            city,
            slug,
            public=documentation_address(chance),
            gateway=documentation_address(chance),
            switch=loopback_address(chance),
            uplink=documentation_address6(chance),
        )


def installed(
    device: str, number: int, office: Office, chance: random.Random, fake: Faker
) -> Document:
    """Return the fields of an agent that is installed on a `device` of `office`."""
    platform = chance.choice(_PLATFORMS[device])
    on_wifi = device == LAPTOP and chance.random() < 0.7
    department = "IT" if device == SERVER else chance.choice(_DEPARTMENTS)
    return {
        **_owner(device, number, office, department, fake),
        "IsOnline": True,
        "Configured": True,
        "MachineID": f"{chance.getrandbits(48):012x}",
        "Platform": platform,
        "ServiceRunning": True,
        "MostRecentIPAddress": office.public,
        "ClientDetails": chance.choice(_VERSIONS),
        "Servers": "agents.example.net",
        "HasSyncedServers": True,
        "CustomFields": _custom_fields(department, office, number),
        "OnWifi": on_wifi,
        "OnVPN": device == LAPTOP and chance.random() < 0.3,
        "CurrentNetworkInterface": _interface(platform, office, chance, on_wifi=on_wifi),
        "ConnectionType": "Wireless" if on_wifi else "Ethernet",
        "heartbeat_ms": chance.randrange(30_000),
    }


def _owner(device: str, number: int, office: Office, department: str, fake: Faker) -> Document:
    if device == SERVER:
        name = f"{office.city} server {number}"
        return {"Name": name, "MachineName": f"{office.slug}-srv-{number}"}
    first, last = fake.first_name(), fake.last_name()
    user = {"user": f"{first}.{last}@example.com".lower(), "department": department}
    return {
        "Name": f"{first} {last}, {device}",
        "MachineName": f"{office.slug}-{device[:2]}-{number}",
        "UserAttributesJson": json.dumps(user),
    }


def _custom_fields(department: str, office: Office, number: int) -> list[Document]:
    values = (department, office.city, f"A-{1000 + number}")
    pairs = zip(CUSTOM_FIELDS, values, strict=True)
    return [{"Name": name, "Value": value} for name, value in pairs]


def _interface(platform: str, office: Office, chance: random.Random, *, on_wifi: bool) -> Document:
    subnet = office.gateway.rpartition(".")[0]
    return {
        "IPv6Priority": 50 if on_wifi else 25,
        "IPv4Priority": 50 if on_wifi else 25,
        "Name": "Wi-Fi" if on_wifi else "Ethernet",
        "RawName": (_WIRELESS if on_wifi else _WIRED)[platform],
        "Type": "Wireless" if on_wifi else "Ethernet",
        "GatewayIP": office.gateway,
        "AdapterIP": f"{subnet}.{chance.randrange(1, 255)}",
        "Status": "Up",
        "Description": "Wireless adapter" if on_wifi else "Gigabit adapter",
        "Id": f"if-{chance.randrange(1, 20)}",
        "ConnectedWith": True,
        "SignalPercentage": chance.randrange(35, 100) if on_wifi else 0,
        "NoisePercentage": chance.randrange(2, 20) if on_wifi else 0,
        "UsedInConfigs": [CONFIGURATION_ID],
    }
