"""Key rotation while intake is used: old values can be read until they are encrypted again, and then
without the old key.
"""

import pytest
from sqlalchemy import select

from services.intake.contacts.repository import CONTACTS
from services.intake.delivery_store.repository import DELIVERIES
from services.intake.key_rotation.service import Rotated, rotate
from services.intake.models import tables
from services.intake.vault import Vault
from shared.sealing import BlindIndex, Keyring, SealBrokenError, new_key
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_callbacks_of_calls import ALMA, call, listed
from tests.intake.test_telephony import HANGS_UP, RINGS_IN, report

OLD, NEW, INDEX = new_key(), new_key(), new_key()


def use(bench: Bench, ring: str, index: str = INDEX) -> Vault:
    vault = Vault(Keyring.parse(ring), BlindIndex.parse(index))
    state = bench.app.state
    state.vault, state.seal_answer, state.unseal_answer = vault, vault.seal_answer, vault.unseal_answer
    return vault


async def keys_in_use(bench: Bench) -> set[str]:
    async with bench.app.state.database.reading() as session:
        sealed = [str(x) for x in (await session.execute(select(CONTACTS.c.said))).scalars()]
        sealed += [str(x) for x in (await session.execute(select(DELIVERIES.c.sealed))).scalars()]
        answers = (await session.execute(select(tables.answers.c.body))).scalars()
        return {text.partition(":")[0] for text in sealed + [bytes(x).decode() for x in answers]}


LETTER = {"channel": "written", "citizen": {"cpr": "610190-1234", "name": "Alma Andersen"}}


async def test_after_the_rotation_the_old_key_is_not_needed_any_more(intake: Bench) -> None:
    client = intake.client(Role.RECEPTION)
    use(intake, f"k1:{OLD}")
    made = await client.post("/v1/contacts", json=LETTER, headers={"Idempotency-Key": "k"})
    await report(intake, RINGS_IN, HANGS_UP)
    both = use(intake, f"k2:{NEW},k1:{OLD}")
    batches: list[int] = []
    database, outbox = intake.app.state.database, intake.app.state.outbox
    rotated = await rotate(database, both, outbox, progress=batches.append)
    use(intake, f"k2:{NEW}")

    assert rotated == Rotated(contacts=2, drafts=0, callers=1, deliveries=2, answers=1)
    assert batches == [2, 1, 2, 1]
    assert await keys_in_use(intake) == {"k2"}
    again = await client.post("/v1/contacts", json=LETTER, headers={"Idempotency-Key": "k"})
    assert again.json() == made.json()
    read = await client.get(f"/v1/contacts/{made.json()['id']}")
    assert (read.json()["citizen"]["name"], read.headers["ETag"]) == ("Alma Andersen", '"1"')
    assert (await client.get("/v1/calls/call-1")).json()["caller"] == "+4520000001"
    assert [item["phone"] for item in await listed(intake)] == ["+4520000001"]
    assert await rotate(database, both, outbox) == Rotated(0, 0, 0, 0, 0)


async def test_after_reindexing_contacts_are_found_by_the_new_index_key(intake: Bench) -> None:
    client = intake.client(Role.RECEPTION)
    use(intake, f"k1:{OLD}")
    await client.post("/v1/contacts", json=LETTER)
    vault = use(intake, f"k1:{OLD}", new_key())

    async def found() -> list[int]:
        criteria = ({"cpr": "6101901234"}, {"name": "andersen alma"})
        answers = [await client.post("/v1/contacts/search", json=criterion) for criterion in criteria]
        return [len(answer.json()["items"]) for answer in answers]

    assert await found() == [0, 0]
    state = intake.app.state
    assert await rotate(state.database, vault, state.outbox, reindex=True) == Rotated(1, 0, 0, 0, 0)
    assert await found() == [1, 1]


async def test_a_caller_who_phones_during_the_reindexing_is_one_caller_after_it(intake: Bench) -> None:
    use(intake, f"k1:{OLD}")
    await report(intake, *call(1, ALMA, 0, "abandoned"), *call(2, ALMA, 1, "abandoned", day="2026-03-09"))
    before = await listed(intake)
    client = intake.client(Role.RECEPTION)
    await client.post(f"/v1/callbacks/{before[1]['id']}/attempt")
    vault = use(intake, f"k1:{OLD}", new_key())
    await report(intake, *call(3, ALMA, 5, "abandoned"))
    assert len(await listed(intake)) == 3
    state = intake.app.state
    assert (await rotate(state.database, vault, state.outbox, reindex=True)).callers == 2

    after = await listed(intake)
    assert [(item["day"], item["attempts"]) for item in after] == [("2026-03-09", 1), ("2026-03-10", 2)]
    assert (after[1]["tries"], after[1]["phone"]) == (1, f"+{ALMA}")
    await report(intake, *call(4, ALMA, 9, "answered"))
    assert await listed(intake) == []


async def test_a_value_whose_key_is_missing_stops_the_rotation_and_stays_as_it_is(intake: Bench) -> None:
    use(intake, f"k1:{OLD}")
    await intake.client(Role.RECEPTION).post("/v1/contacts", json=LETTER)

    with pytest.raises(SealBrokenError):
        await rotate(intake.app.state.database, use(intake, f"k2:{NEW}"), intake.app.state.outbox)
    assert await keys_in_use(intake) == {"k1"}
