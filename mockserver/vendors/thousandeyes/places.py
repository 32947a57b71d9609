"""Where the agents stand: literal, so that their numbers and names are the same for every seed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One agent: its number, its name, its country, and where that is in words."""

    agent_id: int
    name: str
    country: str
    location: str


# Agents 11, 29 and 113 are those of the contract's examples.
CLOUD_AGENTS = (
    Place(3, "Singapore, Singapore", "SG", "Singapore"),
    Place(7, "Chicago, United States", "US", "Chicago Area, Illinois"),
    Place(11, "London, UK", "GB", "City of London, United Kingdom"),
    Place(12, "Hong Kong, China", "HK", "Hong Kong"),
    Place(14, "Tokyo, Japan", "JP", "Tokyo Metropolis, Japan"),
    Place(16, "São Paulo, Brazil", "BR", "State of São Paulo, Brazil"),
    Place(22, "Sydney, Australia", "AU", "New South Wales, Australia"),
    Place(26, "Paris, France", "FR", "Île-de-France, France"),
    Place(31, "Toronto, Canada", "CA", "Ontario, Canada"),
    Place(37, "Mumbai, India", "IN", "Maharashtra, India"),
    Place(44, "Johannesburg, South Africa", "ZA", "Gauteng, South Africa"),
    Place(48, "Madrid, Spain", "ES", "Community of Madrid, Spain"),
    Place(53, "Stockholm, Sweden", "SE", "Stockholm County, Sweden"),
    Place(61, "Santiago, Chile", "CL", "Santiago Metropolitan Region, Chile"),
    Place(144, "Vienna, Austria", "AT", "Vienna, Austria"),
    Place(152, "Mexico City, Mexico", "MX", "Mexico City, Mexico"),
)
ENTERPRISE_AGENTS = (
    Place(29, "Sample Enterprise Agent", "US", "United States"),
    Place(201, "Berlin head office", "DE", "Berlin, Germany"),
    Place(202, "Munich branch", "DE", "Bavaria, Germany"),
    Place(203, "Lyon branch", "FR", "Auvergne-Rhône-Alpes, France"),
    Place(204, "Dublin data centre", "IE", "Leinster, Ireland"),
    Place(205, "Dallas data centre", "US", "Dallas-Fort Worth Area, Texas"),
    Place(206, "Osaka branch", "JP", "Osaka Prefecture, Japan"),
    Place(207, "Bogotá branch", "CO", "Bogotá, Colombia"),
    Place(208, "Warsaw branch", "PL", "Masovian Voivodeship, Poland"),
    Place(209, "Seattle laboratory", "US", "Seattle Area, Washington"),
    Place(210, "Auckland branch", "NZ", "Auckland, New Zealand"),
    Place(211, "Nairobi branch", "KE", "Nairobi County, Kenya"),
)
CLUSTERS = (
    Place(113, "Test Agent", "DE", "Germany"),
    Place(1975, "West coast cluster", "US", "San Francisco Bay Area"),
)

# Their numbers are among those that RFC 5398 sets aside for documentation.
NETWORKS = (
    "Example Network (AS 64500)",
    "Example Transit (AS 64501)",
    "Example Telecom (AS 64502)",
    "Example Cable (AS 64503)",
)
