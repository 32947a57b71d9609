"""A route in three figures, for whoever does not care about its hops."""

import math

from probes.internet.topology import Delay, Route, Shape
from probes.path_profile import PathProfile


def profile_of(route: Route) -> PathProfile:
    """Sum a route up: least delay, mean of what comes on top, and loss, there and back.

    What varies on several links does not add up to an exponential delay, so `jitter_ms` is the
    mean of the variation only. A host that cannot be reached loses everything.
    """
    links = [*(router.link for router in route.routers), route.link]
    delays = [delay for link in links for delay in (link.delay, link.back_delay or link.delay)]
    passed = math.prod((1 - link.loss) * (1 - link.back_loss) for link in links)
    lost = 1.0 if route.host.unreachable else 1 - passed
    base_ms = math.fsum(delay.base_ms for delay in delays)
    return PathProfile(base_ms, math.fsum(map(_more_ms, delays)), lost)


def _more_ms(delay: Delay) -> float:
    means = {Shape.UNIFORM: 0.5, Shape.EXPONENTIAL: 1.0, Shape.PARETO: 1.0}
    return means.get(delay.kind, 0.0) * delay.spread_ms
