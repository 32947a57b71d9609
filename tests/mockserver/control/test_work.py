"""What the control API tells of the work in the background."""

from __future__ import annotations

from typing import Any


def tell(stand_in: Any, story: Any, **settings: Any) -> Any:
    return stand_in(story, vendor=("pingplotter", "wisphub"), **settings)


async def work(house: Any) -> Any:
    answer = await house.client().get("/__mock/work")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_fresh_server_has_nothing_to_do(stand_in: Any) -> None:
    assert tell(stand_in, work) == {
        "jobs": {"waiting": 0, "running": 0},
        "rounds": {"followed": 0, "under_way": 0, "done": 0, "skipped": 0, "late_ticks": 0},
        "samples": {"series": 0, "bytes": 0, "bytes_per_series": 0},
        "unmeasured": [],
    }


def test_rounds_and_the_memory_of_their_samples_are_counted(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        await house.client("pingplotter").get("/agents")
        await house.clock.advance(10)
        return await work(house)

    told = tell(stand_in, story)
    followed, samples = told["rounds"]["followed"], told["samples"]
    assert 3 * followed <= told["rounds"]["done"] <= 4 * followed
    assert samples["series"] == followed > 0
    assert samples["bytes_per_series"] == round(samples["bytes"] / samples["series"]) > 0


def test_jobs_are_counted_while_they_run(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        client = house.client("wisphub")
        for service in (12346, 12347, 12348):
            await client.post(f"/api/v1/{service}/ping/", json={"pings": 10})
        running = (await work(house))["jobs"]
        await house.clock.advance(60)
        await house.app.runner.drain()
        return running, (await work(house))["jobs"]

    during, after = tell(stand_in, story)
    assert during == {"waiting": 0, "running": 3}
    assert after == {"waiting": 0, "running": 0}


def test_what_is_refused_is_named_with_its_reason(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        await house.client("pingplotter").get("/agents")
        await house.clock.advance(3)
        await house.settle()
        return await work(house)

    told = tell(stand_in, story, network="live")
    assert told["unmeasured"]
    for one in told["unmeasured"]:
        assert (one["vendor"], one["account"]) == ("pingplotter", "default")
        assert "is refused" in one["reason"]
