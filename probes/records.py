"""Results as documents: what JSON can hold, units in the names."""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any


def as_document(record: Any) -> Any:
    """Turn a record into what JSON can hold.

    A dataclass becomes an object of its fields, followed by the properties that its class names
    in `SUMMARY`; bytes become text, and what JSON lacks becomes its `str`.
    """
    if is_dataclass(record) and not isinstance(record, type):
        names = [field.name for field in fields(record)] + list(getattr(record, "SUMMARY", ()))
        return {name: as_document(getattr(record, name)) for name in names}
    if isinstance(record, dict):
        return {str(key): as_document(value) for key, value in record.items()}
    if isinstance(record, list | tuple | set | frozenset):
        return [as_document(entry) for entry in record]
    return _plain(record)


def as_json(record: Any) -> str:
    """One line of JSON; times in the unit that the name ends in, null where nothing is known."""
    return json.dumps(as_document(record), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
