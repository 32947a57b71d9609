"""Which quota a call counts against, whose allowance it is, and what a server was told."""

import pytest

from mockserver.core.rate_limit import FixedWindow, Limits, Quota, RateLimiter, RollingWindow

ALL = Quota("shop", RollingWindow, 4, costs={"export": 3})
SOME = Quota("shop-orders", FixedWindow, 2, operations=frozenset({"order"}))


def limiter(**overrides: int | None) -> RateLimiter:
    return RateLimiter((ALL, SOME), Limits(overrides))


def test_a_quota_without_operations_counts_every_call() -> None:
    assert limiter().quotas_for("anything") == (ALL,)


def test_a_quota_with_operations_counts_only_those() -> None:
    assert limiter().quotas_for("order") == (ALL, SOME)


def test_an_operation_may_cost_more_than_one() -> None:
    assert limiter().hit(ALL, "a", "export", 0).remaining == 1
    assert limiter().hit(ALL, "a", "order", 0).remaining == 3


def test_each_account_has_its_own_allowance() -> None:
    used = limiter()
    for _ in range(4):
        used.hit(ALL, "a", "order", 0)
    assert not used.hit(ALL, "a", "order", 0).allowed
    assert used.hit(ALL, "b", "order", 0).remaining == 3


def test_each_quota_is_counted_by_itself() -> None:
    used = limiter()
    used.hit(ALL, "a", "order", 0)
    assert used.hit(SOME, "a", "order", 0).remaining == 1


def test_glancing_shows_a_full_allowance_and_counts_nothing() -> None:
    used = limiter()
    for _ in range(10):
        standing = used.glance(ALL, 0)
    assert (standing.limit, standing.remaining, standing.allowed) == (4, 4, True)


def test_forgetting_an_account_fills_its_allowance_only() -> None:
    used = limiter()
    for account in ("a", "b"):
        used.hit(ALL, account, "export", 0)
    used.forget("a")
    assert used.hit(ALL, "a", "order", 0).remaining == 3
    assert used.hit(ALL, "b", "order", 0).remaining == 0


def test_forgetting_all_fills_every_allowance() -> None:
    used = limiter()
    for account in ("a", "b"):
        used.hit(ALL, account, "export", 0)
    used.forget()
    assert [used.hit(ALL, name, "order", 0).remaining for name in "ab"] == [3, 3]


def test_another_limit_takes_the_place_of_the_documented_one() -> None:
    assert limiter(shop=9).hit(ALL, "a", "order", 0).limit == 9


def test_a_limit_that_is_off_is_never_used_up_and_counts_all_the_same() -> None:
    used = limiter(shop=None)
    seen = [used.hit(ALL, "a", "order", 0) for _ in range(1000)]
    assert all(standing.allowed for standing in seen)
    assert seen[0].remaining - seen[-1].remaining == 999


@pytest.mark.parametrize(("overrides", "limit"), [({"all": 7}, 7), ({"all": 7, "shop": 5}, 5)])
def test_all_means_every_limit_that_is_not_named(
    overrides: dict[str, int | None], limit: int
) -> None:
    assert Limits(overrides).meter(ALL).hit(0, 0).limit == limit


def test_a_limit_that_is_not_named_stays_as_documented() -> None:
    assert Limits({"shop-orders": 1}).meter(ALL).hit(0, 0).limit == 4
