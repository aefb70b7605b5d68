"""The citizen key shows other services that two contacts are about one citizen, and nothing else."""

from typing import Any

from sqlalchemy import select

from services.intake.contacts.contact_events import citizen_key_of
from services.intake.contacts.repository import CONTACTS
from services.intake.key_rotation.service import rotate
from services.intake.vault import Vault
from shared.sealing import BlindIndex, new_key
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_contacts import FACTS, registered

ALMA, BO = "610190-1234", "6101904321"


async def keys(bench: Bench) -> list[str | None]:
    return [event.get("citizen_key") for event in await bench.published("contact.registered")]


async def test_two_contacts_of_one_citizen_have_one_key_and_another_citizen_has_another(
    intake: Bench,
) -> None:
    for cpr in (ALMA, ALMA.replace("-", ""), BO):
        await registered(intake, facts=FACTS, citizen={"cpr": cpr})

    first, again, other = await keys(intake)
    assert first == again
    assert other not in (None, first)


async def test_an_unknown_or_anonymous_citizen_has_no_key(intake: Bench) -> None:
    for citizen in ({}, {"anonymous": True}, {"age": 36}, {"birth_date": "1990-01-01", "name": "Alma"}):
        await registered(intake, facts=FACTS, citizen=citizen)
    assert await keys(intake) == [None] * 4


async def test_a_number_that_is_learned_later_or_corrected_is_published(intake: Bench) -> None:
    contact = await registered(intake, facts=FACTS)
    client, tag = intake.client(Role.RECEPTION), '"1"'
    for cpr in (ALMA, BO):
        changed = await client.patch(
            f"/v1/contacts/{contact['id']}", json={"citizen": {"cpr": cpr}}, headers={"If-Match": tag}
        )
        tag = changed.headers["ETag"]

    unknown, alma, bo = await keys(intake)
    assert unknown is None
    assert alma is not None
    assert bo not in (None, alma)


async def test_the_key_is_computed_from_the_index_and_reveals_neither_it_nor_the_number(
    intake: Bench,
) -> None:
    await registered(intake, facts=FACTS, citizen={"cpr": ALMA})
    (key,) = await keys(intake)
    async with intake.app.state.database.reading() as session:
        (index,) = (await session.execute(select(CONTACTS.c.cpr_index))).scalars()

    assert key == citizen_key_of(index)
    assert key != index
    assert "6101901234" not in str(await intake.published())
    assert index not in str(await intake.published())


async def test_a_new_index_key_publishes_each_citizens_old_and_new_key_once(intake: Bench) -> None:
    people: list[dict[str, Any]] = [{"cpr": ALMA}, {"cpr": ALMA}, {"cpr": BO}, {"name": "Carla"}]
    for citizen in people:
        await registered(intake, facts=FACTS, citizen=citizen)
    alma, _, bo, _ = await keys(intake)
    state = intake.app.state
    for index in (state.vault, Vault(state.vault.ring, BlindIndex.parse(new_key()))):
        state.vault = index
        await rotate(state.database, index, state.outbox, reindex=True)

    new_keys = {event["old_key"]: event["new_key"] for event in await intake.published("citizen.rekeyed")}
    await registered(intake, facts=FACTS, citizen={"cpr": BO})
    assert set(new_keys) == {alma, bo}
    assert new_keys[str(bo)] == (await keys(intake))[-1]
    assert len(await intake.published("citizen.rekeyed")) == 2
