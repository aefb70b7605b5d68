"""Triage knows whose contact it is by an opaque key only, and shows it to nobody."""

import pytest
from sqlalchemy import select

from services.triage.assessments.repository import COURSES
from shared.contracts import CitizenRekeyed
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.triage.contacts import FRIDA, RECEIVED, registered

ALMA, ALMA_ANEW = "a1" * 32, "b2" * 32


async def keys(bench: Bench) -> set[str | None]:
    async with bench.app.state.database.reading() as session:
        return set((await session.execute(select(COURSES.c.citizen_key))).scalars())


async def test_the_key_follows_the_newest_facts(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, FRIDA, 2, citizen_key=ALMA))
    await triage_service.deliver(registered(contact_id, FRIDA, 1, citizen_key=ALMA_ANEW))
    assert await keys(triage_service) == {ALMA}
    await triage_service.deliver(registered(contact_id, FRIDA, 3))
    assert await keys(triage_service) == {None}


async def test_a_citizen_under_a_new_key_is_the_same_citizen(triage_service: Bench) -> None:
    await triage_service.deliver(registered(new_id(), FRIDA, citizen_key=ALMA))
    rekeyed = CitizenRekeyed(id=new_id(), occurred_at=RECEIVED, old_key=ALMA, new_key=ALMA_ANEW)
    receipts = await triage_service.deliver(rekeyed, rekeyed)
    assert [result.status for result in receipts.results] == ["accepted", "accepted"]
    assert await keys(triage_service) == {ALMA_ANEW}


async def test_the_key_is_in_no_answer_and_no_log(
    triage_service: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    await triage_service.deliver(registered(new_id(), FRIDA, citizen_key=ALMA))
    listed = await triage_service.client(Role.RECEPTION).get("/v1/assessments")
    assert len(listed.json()["items"]) == 1
    written = capsys.readouterr()
    assert ALMA not in listed.text + written.out + written.err
