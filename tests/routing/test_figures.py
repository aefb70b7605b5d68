"""A queue's figures over one morning."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.ids import new_id
from shared.vocabulary import Channel, Role, Unit
from tests.bench import Bench
from tests.routing.events import NOW, ago, assessment_clock, clock, triaged, visit, waiting
from tests.routing.hours import local

PHONE = "/v1/queues/reception-phone"


@pytest.fixture
def otto(routing: Bench) -> httpx.AsyncClient:
    return routing.client(Role.OPERATIONS, subject="otto")


async def live(client: httpx.AsyncClient, path: str = PHONE) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    figures: dict[str, Any] = answer.json()["live"]
    return figures


def level(figures: dict[str, Any], variant: str) -> float:
    (share,) = [one["share"] for one in figures["service_levels"] if one["variant"] == variant]
    return float(share)


async def a_morning(routing: Bench) -> None:
    """Ten callers: six answered, the last of them late; one gave up early, one late; two still wait."""
    events = []
    for wait in (60, 90, 120, 150, 180, 600):
        answered = visit(ago(minutes=40), "answered", left_at=ago(minutes=40) + timedelta(seconds=wait))
        events.append(waiting(new_id(), answered))
    for wait in (20, 400):
        gone = visit(ago(minutes=30), "abandoned", left_at=ago(minutes=30) + timedelta(seconds=wait))
        events.append(waiting(new_id(), gone))
    events += [waiting(new_id(), entered_at=ago(minutes=minutes)) for minutes in (20, 4)]
    await routing.deliver(*events)


async def test_the_figures_of_a_morning_count_those_still_waiting(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    await a_morning(routing)
    figures = await live(otto)
    assert (figures["waiting"], figures["taken"], figures["answered"], figures["abandoned"]) == (2, 6, 6, 2)
    assert figures["oldest_wait_seconds"] == 1200
    assert [band["count"] for band in figures["age_bands"]] == [1, 0, 1, 0, 0]
    assert figures["past_due"] == 1
    # By hand: nine at risk after the 20 s censored; the curve falls 1/9 with each of the first five, to 4/9
    # at 180 s; two censored (240, 400) leave two at risk at 600 s, so it ends at 2/9 and 90 % is not reached.
    assert figures["p50"] == {"seconds": 180, "at_least": False}
    assert figures["p90"] == {"seconds": 1200, "at_least": True}


async def test_each_service_level_of_the_morning_has_its_name(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    await a_morning(routing)
    figures = await live(otto)
    assert level(figures, "answered") == pytest.approx(5 / 6)
    assert level(figures, "answered_or_abandoned_late") == pytest.approx(5 / 7)
    assert level(figures, "answered_or_abandoned") == pytest.approx(5 / 8)
    assert level(figures, "everyone_due") == pytest.approx(5 / 8)
    assert figures["abandonment"] == pytest.approx(2 / 8)


async def test_a_queue_nobody_takes_from_shows_its_oldest_wait_as_a_bound(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    await routing.deliver(*(waiting(new_id(), entered_at=ago(hours=hours)) for hours in (1, 2, 3)))
    figures = await live(otto)
    assert figures["p50"] == figures["p90"] == {"seconds": 10800, "at_least": True}


async def test_waits_that_ended_before_the_window_are_forgotten_but_never_who_still_waits(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    long_ago = visit(ago(days=3), "answered", left_at=ago(days=3, minutes=-1))
    await routing.deliver(waiting(new_id(), long_ago), waiting(new_id(), entered_at=ago(days=3)))
    figures = await live(otto)
    assert (figures["answered"], figures["waiting"]) == (0, 1)


async def test_a_quiet_queue_has_nothing_to_show_but_its_hours(otto: httpx.AsyncClient) -> None:
    figures = await live(otto)
    assert (figures["waiting"], figures["oldest_wait_seconds"], figures["p50"]) == (0, None, None)
    assert figures["is_open"] is True


async def test_after_hours_the_queue_says_when_it_opens_and_the_estimate_waits_for_it(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    routing.clock.set(local("2026-12-23 18:00"))
    figures = await live(otto)
    monday = local("2026-12-28 09:00")
    assert figures["is_open"] is False
    assert figures["opens_at"] == "2026-12-28T08:00:00Z"
    until_open = (monday - routing.clock.now()).total_seconds()
    assert figures["estimate"]["seconds_until_open"] == until_open
    assert figures["estimate"]["low_seconds"] >= until_open
    assert "Ventetiden, til der åbnes, er regnet med." in figures["estimate"]["basis"]


async def test_the_estimate_is_a_range_with_its_probability_and_says_what_it_rests_on(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    none = (await otto.get(f"{PHONE}/estimate")).json()
    assert (none["method"], none["probability"], none["ahead"]) == ("prior", 0.8, 0)
    assert none["low_seconds"] < none["median_seconds"] < none["high_seconds"]
    start = ago(minutes=50)
    busy = [
        waiting(new_id(), visit(start, "answered", left_at=start + timedelta(seconds=60 * number)))
        for number in range(1, 31)
    ]
    await routing.deliver(*busy, *(waiting(new_id(), entered_at=ago(seconds=n)) for n in range(5)))
    five = (await otto.get(f"{PHONE}/estimate")).json()
    assert (five["method"], five["observed"], five["ahead"]) == ("pace", 29, 5)
    assert five["low_seconds"] < 6 * 60 < five["high_seconds"] < 15 * 60
    assert "29 seneste" in five["basis"]


async def test_the_estimate_for_an_entry_counts_those_ahead_only(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contacts = [new_id() for _ in range(4)]
    await routing.deliver(*(waiting(one, entered_at=ago(minutes=9 - n)) for n, one in enumerate(contacts)))
    entries = (await otto.get(f"{PHONE}/entries")).json()["items"]
    ahead = [
        (await otto.get(f"{PHONE}/estimate", params={"entry": entry["id"]})).json()["ahead"]
        for entry in entries
    ]
    assert ahead == [0, 1, 2, 3]
    elsewhere = await otto.get("/v1/queues/youth/estimate", params={"entry": entries[0]["id"]})
    assert elsewhere.status_code == 404
    await routing.client(Role.RECEPTION).post(f"{PHONE}/next")
    taken = await otto.get(f"{PHONE}/estimate", params={"entry": entries[0]["id"]})
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:dsi:problem:not-waiting")


async def statistics(client: httpx.AsyncClient, **params: str) -> dict[str, Any]:
    period = {"from": "2026-03-09T00:00:00+01:00", "to": "2026-03-12T00:00:00+01:00"}
    answer = await client.get("/v1/statistics", params={**period, **params})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_period_counts_each_entry_made_in_it_once(routing: Bench, otto: httpx.AsyncClient) -> None:
    await a_morning(routing)
    await routing.deliver(waiting(new_id(), entered_at=ago(days=5)))
    total = (await statistics(otto))["total"]
    assert (total["entered"], total["answered"], total["abandoned"], total["waiting"]) == (10, 6, 2, 2)
    assert total["p90"]["at_least"] is True


async def test_without_a_period_the_last_day_is_answered(routing: Bench, otto: httpx.AsyncClient) -> None:
    for hours in (1, 23, 25):
        await routing.deliver(waiting(new_id(), entered_at=ago(hours=hours)))
    answer = (await otto.get("/v1/statistics")).json()
    assert answer["total"]["entered"] == 2
    longer = await otto.get("/v1/statistics", params={"from": ago(hours=30).isoformat()})
    assert longer.json()["total"]["entered"] == 3


async def test_a_period_is_grouped_by_queue_channel_day_and_hour(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    await routing.deliver(
        waiting(new_id(), entered_at=ago(days=1)),
        waiting(new_id(), entered_at=ago(minutes=50)),
        waiting(new_id(), channel=Channel.WALK_IN, entered_at=ago(minutes=10)),
    )

    async def groups(group_by: str, name: str) -> list[tuple[str, int]]:
        found = (await statistics(otto, group_by=group_by))["groups"]
        return [(group[name], group["entered"]) for group in found]

    assert await groups("queue", "queue") == [("reception-desk", 1), ("reception-phone", 2)]
    assert await groups("channel", "channel") == [("phone", 2), ("walk_in", 1)]
    assert await groups("day", "starts_at") == [("2026-03-08T23:00:00Z", 1), ("2026-03-09T23:00:00Z", 2)]
    assert await groups("hour", "starts_at") == [("2026-03-09T09:00:00Z", 1), ("2026-03-10T08:00:00Z", 2)]


async def test_a_period_can_be_of_one_queue_or_one_channel(routing: Bench, otto: httpx.AsyncClient) -> None:
    await routing.deliver(waiting(new_id()), waiting(new_id(), channel=Channel.WRITTEN))
    assert (await statistics(otto, queue="reception-mail"))["total"]["entered"] == 1
    assert (await statistics(otto, channel="phone"))["total"]["entered"] == 1


async def test_days_of_summer_time_are_local_days(routing: Bench, otto: httpx.AsyncClient) -> None:
    evening, next_day = local("2026-03-29 23:30"), local("2026-03-30 00:30")
    routing.clock.set(next_day)
    await routing.deliver(waiting(new_id(), entered_at=evening), waiting(new_id(), entered_at=next_day))
    period = {"from": "2026-03-29T00:00:00+01:00", "to": "2026-03-31T00:00:00+02:00"}
    found = await statistics(otto, **period, group_by="day")
    starts = [group["starts_at"] for group in found["groups"]]
    assert starts == ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]


async def test_deadline_compliance_counts_those_due_and_a_late_finish_as_missed(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    bo = routing.client(Role.CASEWORKER, units=["youth"], subject="bo")
    soon = clock("drug_treatment", NOW, NOW + timedelta(hours=1))
    for _ in range(3):
        await routing.deliver(triaged(new_id(), Unit.YOUTH, clocks=[soon]))
    await routing.deliver(triaged(new_id(), Unit.YOUTH, clocks=[assessment_clock(NOW)]))
    entries = [(await bo.post("/v1/queues/youth/next")).json()["id"] for _ in range(3)]
    await bo.post(f"/v1/entries/{entries[0]}/clocks/drug_treatment/meet")
    routing.clock.advance(timedelta(hours=2))
    await bo.post(f"/v1/entries/{entries[1]}/clocks/drug_treatment/meet")
    await bo.post(f"/v1/entries/{entries[2]}/complete")
    # One met, one late, one that nobody has done though its entry is completed; the fourth is not due yet.
    deadlines = (await statistics(otto, group_by="queue"))["groups"][0]["deadlines"]
    assert deadlines == {
        "met": 1,
        "missed": 2,
        "stopped": 0,
        "open": 1,
        "met_late": 1,
        "overdue": 1,
        "ended_otherwise": {},
        "share": pytest.approx(1 / 3),
    }


@pytest.mark.parametrize(
    "params",
    [
        {"from": "2026-03-12T00:00:00Z", "to": "2026-03-09T00:00:00Z"},
        {"from": "2024-03-12T00:00:00Z", "to": "2026-03-09T00:00:00Z"},
        {"from": "2026-03-09T00:00:00"},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"group_by": "moon"},
        {"channel": "fax"},
    ],
)
async def test_a_period_that_makes_no_sense_is_refused(
    otto: httpx.AsyncClient, params: dict[str, str]
) -> None:
    period = {"from": "2026-03-09T00:00:00Z", "to": "2026-03-12T00:00:00Z"}
    answer = await otto.get("/v1/statistics", params={**period, **params})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:invalid-input")


async def test_prometheus_reads_the_queues_and_no_person(routing: Bench) -> None:
    await routing.deliver(
        waiting(new_id(), entered_at=ago(seconds=90)), waiting(new_id(), entered_at=ago(minutes=9))
    )
    alma = routing.client(Role.RECEPTION, subject="alma")
    await alma.post(f"{PHONE}/next")
    text = (await routing.client(None).get("/metrics")).text
    assert 'dsi_queue_entries{queue="reception-phone",state="waiting"} 1.0' in text
    assert 'dsi_queue_entries{queue="reception-phone",state="taken"} 1.0' in text
    assert 'dsi_queue_entries{queue="youth",state="waiting"} 0.0' in text
    assert 'dsi_queue_oldest_wait_seconds{queue="reception-phone"} 90.0' in text
    assert 'dsi_queue_past_due_entries{queue="reception-phone"} 0.0' in text
    assert 'dsi_queue_open{queue="reception-phone"} 1.0' in text
    assert 'dsi_queue_wait_seconds_sum{queue="reception-phone"} 540.0' in text
    assert "alma" not in text
