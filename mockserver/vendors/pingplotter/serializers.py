"""Documents → the JSON that PingPlotter Cloud answers: every key always there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockserver.core.clock import rfc3339
from mockserver.core.series import Minute
from mockserver.core.store import Document
from mockserver.vendors.pingplotter.measurements import Reading
from mockserver.vendors.pingplotter.model import Tally, last_message_ms
from mockserver.vendors.pingplotter.points import Span, buckets
from mockserver.vendors.pingplotter.quality import Curve, Definition, expected, verdict

# In the order of the manual's samples.
# fmt: off
_AGENT = (
    "Name", "UniqueId", "IsOnline", "IsTemplate", "IsBorrowed", "OpenSessions", "TotalSessions",
    "Configured", "LastMessageTime", "CreationDate", "MachineID", "Platform", "ServiceRunning",
    "MachineName", "MostRecentIPAddress", "ClientDetails", "Deleted", "DeletionDate", "Notes",
    "UserAttributesJson", "Servers", "HasSyncedServers", "CustomFields", "OnWifi", "OnVPN",
    "CurrentNetworkInterface", "ConnectionType", "AutoApprove", "TemplateUniqueId", "DownloadUrl",
    "ExpectedQuality",
)
_CREATED_AGENT = (
    "Name", "UniqueId", "IsOnline", "IsTemplate", "IsBorrowed", "OpenSessions", "TotalSessions",
    "Configured", "Platform", "ServiceRunning", "Deleted", "HasSyncedServers", "DownloadUrl",
)
# fmt: on
_SESSION = ("AgentUniqueId", "SessionId", "Description", "IpAddress", "Status", "ExpectedQuality")
_LABEL = ("SessionId", "Description", "IpAddress")


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody looks, and from which address: links begin with it."""

    now_ms: int
    base_url: str


def agents(
    documents: Sequence[Document], tallies: Mapping[str, Tally], moment: Moment
) -> list[Document]:
    """Return agents with the numbers of their sessions."""
    none = Tally()
    return [agent(one, tallies.get(one["UniqueId"], none), moment) for one in documents]


def agent(document: Document, tally: Tally, moment: Moment) -> Document:
    """Return an agent."""
    download = document["DownloadUrl"]
    whole = document | {
        "DownloadUrl": download and moment.base_url + download,
        "OpenSessions": tally.open,
        "TotalSessions": tally.total,
        "LastMessageTime": _time(last_message_ms(document, moment.now_ms, tally.newest_ms)),
        "CreationDate": _time(document["created_ms"]),
        "DeletionDate": _time(document["deleted_ms"]),
        "ExpectedQuality": expected(document["expected_quality"]),
    }
    return {key: whole[key] for key in _AGENT}


def created_agent(document: Document, tally: Tally, moment: Moment) -> Document:
    """Return the part of an agent that its creator is told."""
    whole = agent(document, tally, moment)
    return {key: whole[key] for key in _CREATED_AGENT}


def session(document: Document) -> Document:
    """Return a session."""
    whole = document | {"ExpectedQuality": expected(document["expected_quality"])}
    return {key: whole[key] for key in _SESSION}


def agent_status(
    document: Document, qualities: list[Document], tally: Tally, now_ms: int
) -> Document:
    """Return whether an agent is there and how it does."""
    last_ms = last_message_ms(document, now_ms, tally.newest_ms)
    return {
        "AgentUniqueId": document["UniqueId"],
        "IsOnline": document["IsOnline"],
        "OnWifi": document["OnWifi"],
        "OnVPN": document["OnVPN"],
        "LastMessageTime": _time(last_ms),
        "LastMessageTimestampInMs": last_ms,
        "TargetQuality": qualities,
    }


def session_status(document: Document, qualities: list[Document]) -> Document:
    """Return how a session does."""
    return session_label(document) | {"TargetQuality": qualities}


def session_label(document: Document) -> Document:
    """Return what a status tells about the session it is of."""
    return {key: document[key] for key in _LABEL}


def qualities(definitions: Sequence[Definition], reading: Reading | None) -> list[Document]:
    """Return how a reading does by each definition; both times tell the same moment."""
    at_ms = reading.at_ms if reading else None
    measured = {"MeasuredAt": _time(at_ms), "MeasuredAtTimestampInMs": at_ms}
    return [_quality(definition, reading, measured) for definition in definitions]


def session_points(
    document: Document, agent: Document, rows: Sequence[Minute], span: Span
) -> Document:
    """Return what a session measured in a span, and from when to when there is anything."""
    return {
        "EarliestDatapoint": rfc3339(rows[0].start_ms) if rows else None,
        "LatestDatapoint": rfc3339(rows[-1].start_ms) if rows else None,
        "SessionId": document["SessionId"],
        "AgentUniqueId": document["AgentUniqueId"],
        "AgentName": agent["Name"],
        "TargetName": document["target"],
        "Data": buckets(rows, span),
    }


def quality_definition(definition: Definition) -> Document:
    """Return a quality definition with the values up to which each quantity is good and fair."""
    return {
        "Id": definition.id,
        "Name": definition.name,
        "LatencyInMs": _curve(definition.latency_ms),
        "JitterInMs": _curve(definition.jitter_ms),
        "PacketLossInPercent": _curve(definition.loss_percent),
    }


def _curve(curve: Curve) -> Document:
    return {"GoodUpTo": curve.good, "FairUpTo": curve.fair}


def _quality(definition: Definition, reading: Reading | None, measured: Document) -> Document:
    score = definition.score(reading.sample) if reading else None
    return {
        "QualityDefinitionId": definition.id,
        "QualityValue": "NoData" if score is None else verdict(score),
        **measured,
        "QualityScore": score,
    }


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339(at_ms)
