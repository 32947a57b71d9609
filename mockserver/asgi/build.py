"""A vendor and its contract → one Connexion application."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from connexion.middleware import ConnexionMiddleware
from connexion.middleware.main import API

from mockserver.asgi.contract import ResolvedSpecification
from mockserver.asgi.dispatch import Dispatch
from mockserver.asgi.errors import Breach, Errors
from mockserver.asgi.faults import Faults
from mockserver.asgi.rate_limit import RateLimits
from mockserver.asgi.resolver import HandlerResolver
from mockserver.asgi.routes import Routing
from mockserver.asgi.security import Security
from mockserver.asgi.validation import Validation
from mockserver.core.faults import FaultPlan

if TYPE_CHECKING:
    from mockserver.core.rate_limit import RateLimiter
    from mockserver.core.store import Store
    from mockserver.core.vendor import Vendor
    from mockserver.core.worlds import Worlds


def build_app(  # noqa: PLR0913  (everything that an application needs is handed in)
    vendor: Vendor,
    contract: dict[str, Any],
    *,
    store: Store,
    worlds: Worlds,
    limiter: RateLimiter,
    on_breach: Breach,
    faults: FaultPlan | None = None,
) -> ConnexionMiddleware:
    """Return the application that serves `contract` as `vendor` does.

    Connexion holds the specification, its operations, the resolver and the list of stages; routing
    and validation are compiled from them, in the place of its own.
    """
    clock, randomness = worlds.clock, worlds.randomness.child("requests", vendor.name)
    stages = [
        partial(
            Errors,
            vendor=vendor,
            limiter=limiter,
            clock=clock,
            randomness=randomness,
            on_breach=on_breach,
        ),
        partial(Routing, vendor=vendor, limiter=limiter),
        partial(Security, vendor=vendor, accounts=worlds.accounts, clock=clock),
        # After security, so that faults may be for one account only.
        partial(Faults, plan=faults or FaultPlan(), vendor=vendor.name),
        partial(RateLimits, limiter=limiter, clock=clock),
        partial(Validation, vendor=vendor),
    ]
    app = ConnexionMiddleware(Dispatch(vendor, store, worlds), middlewares=stages)
    resolver = HandlerResolver(vendor.handlers)
    specification = ResolvedSpecification(contract)
    app.apis.append(API(specification, base_path=specification.base_path, resolver=resolver))
    app.app, app.middleware_stack = app._build_middleware_stack()  # noqa: SLF001  (fail at start)
    return app
