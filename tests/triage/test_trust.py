"""Which rows people distrust: counted by assessment, ordered by what is certain."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.learning.trust import (
    DecisionRecord,
    Place,
    RowKey,
    Trust,
    bucket_of,
    lower_bound,
    ordered,
    verdict_of,
)
from services.triage.models import DecisionRow, ReturnRow
from shared.database import table_of
from shared.ids import new_id
from shared.vocabulary import ReasonCode, Role
from tests.bench import Bench
from tests.conftest import TUESDAY
from tests.triage.contacts import FRIDA, GRETE, registered, returned
from tests.triage.test_decisions import OVERRIDE, assessed, decide, newest

ADULTS, YOUTH = Place("unit", "adults"), Place("unit", "youth")
HOMELESS: dict[str, Any] = {"needs": ["homelessness"], "age": 40, "district": 3}


def decided(**more: Any) -> DecisionRecord:
    known: dict[str, Any] = {
        "assessment_id": new_id(),
        "contact_id": new_id(),
        "reference": "7F3K9QTX",
        "row_key": RowKey("1", 20, ADULTS),
        "decided_at": TUESDAY,
        "overridden": False,
        "place": ADULTS,
    }
    return DecisionRecord(**{**known, **more})


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_certain_share_is_below_the_seen_one_and_grows_with_the_cases(hits: int, misses: int) -> None:
    cases = hits + misses
    bound = lower_bound(hits, cases)
    assert 0 <= bound <= (hits / cases if cases else 0)
    assert lower_bound(2 * hits, 2 * cases) >= bound
    assert (bound > 0) == (hits > 0)


def test_the_bound_is_wilsons() -> None:
    assert lower_bound(1, 2) == pytest.approx(0.0945, abs=1e-4)
    assert lower_bound(20, 100) == pytest.approx(0.1334, abs=1e-4)


def test_two_of_two_cases_stand_below_forty_of_a_hundred() -> None:
    few, many = Trust(), Trust()
    for trust, distrusted, cases in ((few, 1, 2), (many, 40, 100)):
        for n in range(cases):
            trust.add(verdict_of([decided(overridden=n < distrusted, place=YOUTH)]), "week")
    rows = ordered([(RowKey("1", 2, ADULTS), few), (RowKey("1", 3, ADULTS), many)])
    assert [row_key.row for row_key, _ in rows] == [3, 2]


@pytest.mark.parametrize(
    ("decisions", "outcome"),
    [
        ([decided()], "accepted"),
        ([decided(overridden=True)], "overridden"),
        ([decided(), decided(overridden=True)], "overridden"),
        ([decided(overridden=True), decided()], "accepted"),
        ([decided(returned=True), decided(overridden=True)], "returned"),
        ([decided(returned=True), decided()], "returned"),
        ([decided(overridden=True, returned=True), decided()], "overridden"),
    ],
)
def test_each_assessment_has_one_verdict(decisions: list[DecisionRecord], outcome: str) -> None:
    assert verdict_of(decisions).outcome == outcome


def test_only_the_newest_examples_are_kept() -> None:
    trust = Trust()
    for day in range(9):
        trust.add(verdict_of([decided(overridden=True, decided_at=TUESDAY - timedelta(days=day))]), "week")
    assert [one.decision.decided_at for one in trust.examples] == [
        TUESDAY - timedelta(days=d) for d in range(5)
    ]


def test_weeks_and_months_are_those_of_copenhagen() -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert (bucket_of(new_year, "month"), bucket_of(new_year, "week")) == ("2027-01", "2026-W53")


async def trust_of(bench: Bench, query: str = "", **headers: str) -> Any:
    # The test's clock does not move by itself: what is decided now is before a second later.
    later = (TUESDAY + timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    answer = await bench.client(Role.OPERATIONS).get(f"/v1/learning?to={later}{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text if headers else answer.json()


async def a_month(bench: Bench) -> None:
    """Frida overridden twice and followed once; a homeless man followed and sent back."""
    for _ in range(2):
        await decide(bench, await assessed(bench, FRIDA), {**OVERRIDE, "reason_code": "known_case"})
    await decide(bench, await assessed(bench, FRIDA), {"accept": True})
    homeless = await assessed(bench, HOMELESS)
    await decide(bench, homeless, {"accept": True})
    event = returned(homeless["contact_id"], 1).model_copy(update={"reason_code": "wrong_need"})
    await bench.deliver(event)
    await decide(bench, await newest(bench, homeless["contact_id"]), OVERRIDE, "bo")


async def test_overrides_and_returns_are_counted_by_row_place_and_reason(triage_service: Bench) -> None:
    await a_month(triage_service)
    found = await trust_of(triage_service)
    assert found["total"] == {"decided": 4, "accepted": 1, "overridden": 2, "returned": 1}
    frida, homeless = found["items"]
    assert (frida["row"], frida["place"]["label"], frida["decided"]) == (20, "Voksenområdet", 3)
    assert frida["overridden_to"] == [
        {
            "place": {"kind": "unit", "unit": "youth", "administration": None, "label": "Ungeområdet"},
            "count": 2,
        }
    ]
    assert [(reason["code"], reason["count"]) for reason in frida["reasons"]] == [("known_case", 2)]
    assert frida["trend"] == [
        {"period": "2026-W11", "decided": 3, "accepted": 1, "overridden": 2, "returned": 0}
    ]
    assert (homeless["row"], homeless["returned"], homeless["reasons"][0]["code"]) == (16, 1, "wrong_need")
    assert len(frida["examples"]) == 2
    assert frida["least_share"] < frida["share"]


async def test_the_list_for_the_meeting_is_danish_and_repeats_no_free_text(triage_service: Bench) -> None:
    await a_month(triage_service)
    text = await trust_of(triage_service, Accept="text/markdown")
    assert "3 af 4 afgjorte vurderinger blev ændret eller sendt tilbage (perioden før: 0 af 0)." in text
    assert "## 1. Række 20 „Behov, der skal vurderes af myndigheden“ (version 2) til Voksenområdet" in text
    assert "- Ændret til: Ungeområdet (2)" in text
    assert "- Begrundelser: borgeren har en sag et andet sted (2)" in text
    assert OVERRIDE["reason"] not in text


async def test_the_period_before_is_answered_beside_it(triage_service: Bench) -> None:
    await decide(triage_service, await assessed(triage_service, FRIDA), OVERRIDE)
    triage_service.clock.advance(timedelta(days=10))
    await decide(triage_service, await assessed(triage_service, FRIDA), OVERRIDE)
    to = "2026-03-20T09:00:01Z"
    answer = await triage_service.client(Role.AUDITOR).get(
        f"/v1/learning?from=2026-03-13T09:00:01Z&to={to}&by=month"
    )
    (row,) = answer.json()["items"]
    assert (row["overridden"], row["before"]["overridden"]) == (1, 1)
    assert [bucket["period"] for bucket in row["trend"]] == ["2026-03"]


async def test_a_child_sent_with_its_parent_is_learned_from_as_well(triage_service: Bench) -> None:
    parent = await assessed(triage_service, GRETE)
    child = (await decide(triage_service, parent, {"accept": True})).json()["decision"]["companion"]
    await triage_service.deliver(returned(child, 1))
    rows = {item["row"]: item["returned"] for item in (await trust_of(triage_service))["items"]}
    assert rows == {2: 1}


async def test_decisions_beyond_one_batch_are_all_counted(
    triage_service: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.triage.learning.repository.BATCH", 2)
    for _ in range(3):
        assessment = await assessed(triage_service, FRIDA)
        for body in (OVERRIDE, {"accept": True}, OVERRIDE):
            await decide(triage_service, assessment, body)
    found = await trust_of(triage_service)
    assert (found["total"]["decided"], found["items"][0]["overridden"]) == (3, 3)


async def test_reasons_without_a_code_are_taken_as_they_always_were(triage_service: Bench) -> None:
    answer = await decide(triage_service, await assessed(triage_service, FRIDA), OVERRIDE)
    assert answer.json()["decision"]["reason_code"] is None
    (row,) = (await trust_of(triage_service))["items"]
    assert row["reasons"] == [{"code": None, "label": "ikke angivet", "count": 1}]


async def test_a_code_that_is_none_is_refused_and_nothing_moves(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    answer = await decide(triage_service, assessment, {**OVERRIDE, "reason_code": "because"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reason_code")
    assert await triage_service.count(table_of(DecisionRow)) == 0


async def test_a_return_sent_twice_is_stored_once_and_one_with_a_code_of_tomorrow_is_read(
    triage_service: Bench,
) -> None:
    assessment = await assessed(triage_service, FRIDA)
    await decide(triage_service, assessment, {"accept": True})
    event = returned(assessment["contact_id"], 1).model_copy(update={"reason_code": "a_new_one"})
    for _ in range(2):
        await triage_service.deliver(event)
    await triage_service.deliver(event.model_copy(update={"id": new_id()}))
    assert await triage_service.count(table_of(ReturnRow)) == 1
    (row,) = (await trust_of(triage_service))["items"]
    assert row["reasons"] == [{"code": "a_new_one", "label": "a_new_one", "count": 1}]


@pytest.mark.parametrize(
    "query",
    ["from=2026-03-01T00:00:00Z&to=2026-02-01T00:00:00Z", "from=2020-01-01T00:00:00Z", "by=hour", "to=x"],
)
async def test_an_impossible_period_is_refused(triage_service: Bench, query: str) -> None:
    answer = await triage_service.client(Role.RULES_EDITOR).get(f"/v1/learning?{query}")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:invalid-input")
    assert answer.json()["errors"][0]["pointer"].startswith("/query/")


async def test_caseworkers_do_not_read_about_each_others_overrides(triage_service: Bench) -> None:
    for role in (Role.CASEWORKER, Role.RECEPTION, Role.SERVICE):
        assert (await triage_service.client(role).get("/v1/learning")).status_code == 403


def test_every_reason_has_its_danish_words() -> None:
    from services.triage.rulesets.wording import texts

    assert set(ReasonCode) | {"none"} == set(texts()["reasons"])


async def test_new_facts_do_not_hide_whose_recommendation_was_returned(triage_service: Bench) -> None:
    contact_id = new_id()
    assessment = await assessed(triage_service, HOMELESS, contact_id)
    await decide(triage_service, assessment, {"accept": True})
    await triage_service.deliver(registered(contact_id, FRIDA, 2))
    await triage_service.deliver(returned(contact_id, 1))
    (row,) = (await trust_of(triage_service))["items"]
    assert (row["row"], row["returned"]) == (16, 1)
