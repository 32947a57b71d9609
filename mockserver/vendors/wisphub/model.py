"""What is remembered of WispHub: services of clients, and ping tasks, as documents.

A service holds `id client plan address`; `address` is null until a device is installed. A task
holds `id service_id pings created_ms status`; once its status is finished also `finished_ms
origins` and either `sent received` or `error`.
"""

from __future__ import annotations

from mockserver.core.store import Kind

SERVICE = Kind("service", limit=10_000)
TASK = Kind("ping_task", limit=20_000)

PENDING, FINISHED = "pending", "finished"
PING = "ping"  # the name of the one type of job
