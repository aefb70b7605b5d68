"""A draft replayed over past contacts: who would move, and what each unit would get."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from services.triage.simulation.flow_picture import flow_picture
from services.triage.simulation.schemas import SimulationOut
from shared.contracts import ContactRegistered
from shared.ids import new_id, show_reference
from shared.vocabulary import Role
from tests.bench import Bench
from tests.conftest import TUESDAY
from tests.triage.contacts import FRIDA, GRETE, registered
from tests.triage.rulekeeping import Editors, draft, homeless_under_25_to_youth

KARIM: dict[str, Any] = {"needs": ["homelessness"], "age": 22, "district": 3}
LONE: dict[str, Any] = {"needs": ["homelessness"], "age": 40, "district": 3}
UNKNOWN: dict[str, Any] = {"needs": ["homelessness"], "anonymous": True}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def editors(triage_service: Bench) -> Editors:
    return Editors(triage_service)


def registered_by_event(facts: dict[str, Any], days_ago: float = 1) -> ContactRegistered:
    event = registered(new_id(), facts)
    at = TUESDAY - timedelta(days=days_ago)
    return event.model_copy(update={"received_at": at, "occurred_at": at})


async def simulated(editors: Editors, *events: ContactRegistered, **period: str) -> dict[str, Any]:
    for event in events:
        await editors.bench.deliver(event)
    await editors.write(draft(homeless_under_25_to_youth))
    return await editors.simulate(**period)


async def test_the_contacts_that_would_move_are_counted_listed_and_some_have_facts(editors: Editors) -> None:
    karim = registered_by_event(KARIM)
    found = await simulated(editors, karim, *(registered_by_event(facts) for facts in (LONE, FRIDA, GRETE)))
    assert (found["replayed"], found["moved"], found["complete"], found["unanswered"]) == (4, 1, True, 0)
    (move,) = [flow for flow in found["flows"] if flow["moves"]]
    assert (move["before"]["label"], move["after"]["label"], move["count"]) == (
        "Boligsocialt Område",
        "Ungeområdet",
        1,
    )
    (case,) = found["cases"]
    assert (case["contact_id"], case["reference"]) == (
        str(karim.contact_id),
        show_reference(karim.reference),
    )
    assert (case["rule_before"], case["rule_after"], case["facts"]) == ("16", "16", None)
    (example,) = found["examples"]
    assert (example["facts"]["age"], example["facts"]["needs"]) == (22, ["homelessness"])


async def test_the_weekly_load_of_each_unit_is_reported_for_today_and_for_the_draft(editors: Editors) -> None:
    found = await simulated(
        editors,
        *(registered_by_event(KARIM, days) for days in (1, 2, 8)),
        registered_by_event(LONE, 9),
        **{"from": "2026-02-24T09:00:00Z", "to": "2026-03-10T09:00:00Z"},
    )
    loads = {load["unit"]: (load["per_week_now"], load["per_week_then"]) for load in found["loads"]}
    assert loads == {"housing-social": (2.0, 0.5), "youth": (0.0, 1.5)}


async def test_only_the_newest_assessment_of_a_contact_in_the_period_counts(editors: Editors) -> None:
    twice = registered_by_event(KARIM, 3)
    corrected = twice.model_copy(
        update={
            "id": new_id(),
            "version": 2,
            "facts": registered_by_event(LONE).facts,
            "occurred_at": TUESDAY - timedelta(2),
        }
    )
    found = await simulated(editors, twice, corrected, registered_by_event(KARIM, 40))
    assert (found["replayed"], found["moved"]) == (1, 0)


async def test_a_new_question_is_counted_as_one(editors: Editors) -> None:
    def ask_for_age(content: dict[str, Any]) -> None:
        content["rows"][4]["when"] = {"all": [content["rows"][4]["when"], {"fact": "age", "below": 100}]}

    await editors.bench.deliver(registered_by_event({"needs": ["file_access"], "in_municipality": True}))
    await editors.write(draft(ask_for_age))
    found = await editors.simulate()
    assert (found["new_asks"], found["new_questions"]["age"]) == (1, 1)
    assert "Nye spørgsmål: 1" in (await table(editors))


async def table(editors: Editors) -> str:
    answer = await editors.carl.get("/v1/rulesets/3/simulation", headers={"Accept": "text/markdown"})
    assert answer.status_code == 200
    return answer.text


async def test_the_simulation_is_read_again_as_json_and_as_a_danish_table(editors: Editors) -> None:
    missing = await editors.carl.get("/v1/rulesets/2/simulation")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:dsi:problem:not-simulated")
    found = await simulated(editors, registered_by_event(KARIM))
    assert (await editors.carl.get("/v1/rulesets/3/simulation")).json() == found
    text = await table(editors)
    assert "1 af 1 henvendelser fra 10.02.2026 til 10.03.2026 ville være gået et andet sted hen." in text
    assert "| Boligsocialt Område | Ungeområdet | 1 |" in text
    assert "| Boligsocialt Område | 0,2 | 0,0 | −0,2 |" in text


async def test_the_picture_needs_no_script_no_style_and_no_colour_to_be_read(editors: Editors) -> None:
    await simulated(
        editors, registered_by_event(KARIM), registered_by_event(LONE), registered_by_event(UNKNOWN)
    )
    answer = await editors.carl.get("/v1/rulesets/3/simulation.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    root = ElementTree.fromstring(answer.text)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert not tags & {"script", "style", "foreignObject", "image", "a"}
    assert all("style" not in element.attrib and "href" not in element.attrib for element in root.iter())
    assert root.attrib["aria-labelledby"] == "title description"
    sentences = [element.text or "" for element in root.iter(f"{SVG}text")]
    assert "1. Boligsocialt Område → Ungeområdet: 1" in sentences
    assert "Ungeområdet: 1 (+1)" in sentences
    assert "Boligsocialt Område → Ungeområdet: 1" in (root.findtext(f"{SVG}desc") or "")


def test_a_picture_of_nothing_is_a_picture_all_the_same() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    empty = SimulationOut(
        version="<&>", revision=1, simulated_at=at, first=at, last=at, complete=True, replayed=0, moved=0,
        unanswered=0, new_asks=0, flows=[], loads=[], examples=[], cases=[], cases_left_off=0,
    )  # fmt: skip
    root = ElementTree.fromstring(flow_picture(empty))
    assert "Ingen henvendelser flytter." in [element.text for element in root.iter(f"{SVG}text")]


async def test_a_simulation_that_runs_out_of_time_says_so_and_does_not_count(editors: Editors) -> None:
    editors.bench.app.state.settings = editors.bench.app.state.settings.model_copy(
        update={"simulation_seconds": 0.0}
    )
    await editors.bench.deliver(registered_by_event(KARIM))
    await editors.write(draft())
    await editors.check()
    assert (await editors.simulate())["complete"] is False
    assert await editors.status() == "checked"
    assert "Tiden slap op" in await table(editors)


async def test_a_draft_without_an_answer_is_simulated_and_does_not_count(editors: Editors) -> None:
    await editors.bench.deliver(registered_by_event({"needs": ["existing_case"], "age": 30, "district": 1}))
    await editors.write(draft(lambda content: content["rows"].pop()))
    found = await editors.simulate()
    assert (found["unanswered"], found["replayed"]) == (1, 0)
    assert await editors.status() == "draft"


@pytest.mark.parametrize(
    "period",
    [
        {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"},
        {"from": "2027-01-01T00:00:00Z"},
        {"from": "yesterday"},
        {"since": "2026-03-02T00:00:00Z"},
    ],
)
async def test_an_impossible_period_is_refused(editors: Editors, period: dict[str, str]) -> None:
    answer = await editors.alma.post("/v1/rulesets/2/simulate", json=period)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:invalid-input")


async def test_many_contacts_are_replayed_in_batches(
    editors: Editors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.triage.simulation.repository.BATCH", 3)
    events = [registered_by_event(KARIM if n % 2 else LONE, 1 + n % 4) for n in range(11)]
    found = await simulated(editors, *events)
    assert (found["replayed"], found["moved"], len(found["examples"])) == (11, 5, 5)


async def test_a_replay_says_who_would_have_been_owed_what(editors: Editors) -> None:
    def files_in_a_row_of_their_own(content: dict[str, Any]) -> None:
        content["duties"] = [duty for duty in content["duties"] if duty["code"] != "file_access"]

    file = registered_by_event({"needs": ["file_access", "drug_treatment"], "age": 40, "district": 1})
    for event in (file, registered_by_event(GRETE)):
        await editors.bench.deliver(event)
    await editors.write(draft(files_in_a_row_of_their_own))
    found = await editors.simulate()
    owed = {one["code"]: (one["now"], one["then"], one["changed"]) for one in found["owed"]}
    assert owed == {
        "file_access": (1, 0, 1),
        "drug_treatment": (1, 1, 0),
        "notification_assessment": (1, 1, 0),
        "notification_receipt": (1, 1, 0),
    }
    assert found["owed"][0]["examples"] == [show_reference(file.reference)]
    assert f"| aktindsigt | 1 | 0 | 1 | {show_reference(file.reference)} |" in (await table(editors))


async def test_what_rule_set_1_gave_is_compared_with_what_rule_set_2_owes(editors: Editors) -> None:
    event = registered_by_event({"needs": ["complaint", "drug_treatment"], "age": 40, "district": 1})
    in_2025 = {"received_at": datetime(2025, 12, 1, 9, tzinfo=UTC)}
    await editors.bench.deliver(event.model_copy(update=in_2025))
    await editors.write(draft())
    found = await editors.simulate()
    owed = {one["code"]: (one["now"], one["then"]) for one in found["owed"]}
    assert owed == {"complaint_review": (0, 1), "drug_treatment": (0, 1)}


async def test_reception_staff_may_not_read_simulations(editors: Editors) -> None:
    for role in (Role.RECEPTION, Role.CASEWORKER, Role.SERVICE):
        for path in ("simulation", "simulation.svg", "history"):
            answer = await editors.bench.client(role).get(f"/v1/rulesets/2/{path}")
            assert answer.status_code == 403
