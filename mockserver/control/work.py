"""What the control API shows of the work in the background."""

from __future__ import annotations

from typing import Any

from mockserver.core.jobs import JobRunner
from mockserver.core.schedule import Entry, Schedule

MOST_UNMEASURED = 100
Json = dict[str, Any]


def jobs(runner: JobRunner) -> Json:
    """Return how much work that was asked for once is left."""
    return {"waiting": runner.waiting, "running": runner.running}


def rounds(schedule: Schedule) -> Json:
    """Return what became of the measurements that are made again and again."""
    return {
        "followed": len(schedule.entries),
        "under_way": schedule.under_way,
        "done": schedule.tally.rounds,
        "skipped": schedule.tally.skipped_rounds,
        "late_ticks": schedule.tally.late_ticks,
    }


def samples(schedule: Schedule) -> Json:
    """Return what the samples take in memory."""
    size = sum(series.size_bytes for series in schedule.kept.values())
    each = round(size / len(schedule.kept)) if schedule.kept else 0
    return {"series": len(schedule.kept), "bytes": size, "bytes_per_series": each}


def unmeasured(schedule: Schedule) -> list[Json]:
    """Return those that are followed and could not be measured the last time."""
    silent = [entry for entry in schedule.entries.values() if entry.reason]
    return [_silent(entry) for entry in silent[:MOST_UNMEASURED]]


def _silent(entry: Entry) -> Json:
    vendor, account, id_ = entry.followed.key
    return {"vendor": vendor, "account": account, "id": id_, "reason": entry.reason}
