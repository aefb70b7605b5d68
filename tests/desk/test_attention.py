"""What comes again and what was missed reaches a person, who says what was done."""

from datetime import timedelta

from services.hosting.all_in_one import AllInOne
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.desk.conftest import SignsIn

CONCERN = {"needs": ["child_concern"], "age": 9, "district": 3}
APPLICATION = {"needs": ["support_at_home"], "in_municipality": True, "applies_for_measure": True}


async def contact(system: AllInOne, facts: dict[str, object], cpr: str, *, decide: bool = False) -> str:
    async with system.client("intake") as intake, system.client("triage") as triage:
        token = system.apps["intake"].state.tokens.for_development([Role.RECEPTION], [], "eva", 3600)
        intake.headers["Authorization"] = triage.headers["Authorization"] = f"Bearer {token}"
        facts_in = {name: value for name, value in facts.items() if name != "age"}
        body = {"channel": "written", "citizen": {"cpr": cpr}, "facts": facts_in}
        made = (await intake.post("/v1/contacts", json=body)).json()
        await system.settle()
        if decide:
            found = await triage.get("/v1/assessments", params={"contact_id": made["id"]})
            path = f"/v1/assessments/{found.json()['items'][0]['id']}/decision"
            await triage.post(path, json={"accept": True})
            await system.settle()
        reference: str = made["reference"]
        return reference


async def test_a_concern_that_comes_again_is_listed_until_what_was_done_is_recorded(
    system: AllInOne, signs_in: SignsIn
) -> None:
    references = [await contact(system, CONCERN, "610117-4234") for _ in range(2)]
    anna = await signs_in(Role.RECEPTION)
    page = await anna.opens("/attention")
    assert "2 underretninger om samme barn" in page.text
    assert all(reference in page.text for reference in references)
    assert "610117" not in page.text
    alarm = page.text.split('action="/attention/alarms/')[1].split('"')[0]
    refused = await anna.sends(f"/attention/alarms/{alarm}")
    assert refused.status_code == 422
    assert "Skriv med få ord, hvad der er gjort." in refused.text
    done = await anna.sends(f"/attention/alarms/{alarm}", reason="Samlet hos teamlederen")
    assert "Ingen bekymring er kommet igen." in done.text
    again = await anna.sends(f"/attention/alarms/{alarm}", reason="En gang til")
    assert again.status_code == 409
    assert "Nogen har taget sig af det" in again.text


async def test_a_missed_deadline_asks_for_a_written_notice_and_gets_its_new_date(
    system: AllInOne, signs_in: SignsIn, clock: SettableClock
) -> None:
    reference = await contact(system, APPLICATION, "610180-4234", decide=True)
    clock.advance(timedelta(days=120))
    await system.settle()
    bo = await signs_in(Role.CASEWORKER, "adults")
    page = await bo.opens("/attention")
    assert reference in page.text
    task = page.text.split('action="/attention/tasks/')[1].split('"')[0]
    wrong = await bo.sends(f"/attention/tasks/{task}", new_due_at="snart")
    assert wrong.status_code == 422
    assert 'value="snart"' in wrong.text
    done = await bo.sends(f"/attention/tasks/{task}", new_due_at="2026-09-01")
    assert "Ingen frister venter på en besked til borgeren." in done.text


async def test_operations_see_missed_deadlines_and_leave_the_notice_to_the_unit(
    system: AllInOne, signs_in: SignsIn, clock: SettableClock
) -> None:
    await contact(system, APPLICATION, "610180-4234", decide=True)
    clock.advance(timedelta(days=120))
    await system.settle()
    page = await (await signs_in(Role.OPERATIONS)).opens("/attention")
    assert "Overskredne frister (1)" in page.text
    assert "/attention/tasks/" not in page.text
