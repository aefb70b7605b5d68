"""Drafts are stored encrypted, and no page overwrites another's without knowing."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.intake.drafts.repository import DRAFTS
from services.intake.key_rotation.service import rotate
from services.intake.vault import Vault
from shared.ids import new_id
from shared.sealing import BlindIndex, Keyring, new_key
from shared.vocabulary import Role
from tests.bench import Bench

CONTENT = {"summary": "Ringer om sin søn 👪 مرحبا", "needs": ["autism"], "cpr": "610190-1234"}


async def contact(client: httpx.AsyncClient) -> str:
    made = await client.post("/v1/contacts", json={"channel": "written"})
    return f"/v1/contacts/{made.json()['id']}"


async def save(client: httpx.AsyncClient, at: str, content: dict[str, Any], tag: str = "") -> httpx.Response:
    headers = {"If-Match": tag} if tag else {}
    return await client.put(f"{at}/draft", json={"content": content}, headers=headers)


async def test_a_draft_is_read_as_it_was_written(intake: Bench) -> None:
    anna = intake.client(Role.RECEPTION, subject="anna")
    at = await contact(anna)
    saved = await save(anna, at, CONTENT)
    assert saved.status_code == 204
    read = await anna.get(f"{at}/draft")
    assert (read.json()["content"], read.json()["saved_by"]) == (CONTENT, "anna")
    assert read.headers["ETag"] == saved.headers["ETag"]


async def test_of_two_pages_on_one_contact_the_later_gets_412_and_overwrites_nothing(intake: Bench) -> None:
    anna = intake.client(Role.RECEPTION)
    at = await contact(anna)
    first = (await save(anna, at, {"summary": "a"})).headers["ETag"]
    assert (await save(anna, at, {"summary": "b"})).status_code == 428
    assert (await save(anna, at, {"summary": "b"}, first)).status_code == 204
    late = await save(anna, at, {"summary": "c"}, first)
    assert (late.status_code, late.json()["type"]) == (412, "urn:dsi:problem:stale-version")
    assert (await anna.get(f"{at}/draft")).json()["content"] == {"summary": "b"}


async def test_a_draft_is_encrypted_in_storage_and_reading_it_is_logged(intake: Bench) -> None:
    anna = intake.client(Role.RECEPTION)
    at = await contact(anna)
    await save(anna, at, CONTENT)
    async with intake.app.state.database.reading() as session:
        (row,) = (await session.execute(select(DRAFTS))).all()
    assert "Ringer" not in str(row)
    assert "610190" not in str(row)
    await anna.get(f"{at}/draft")
    accesses = await intake.client(Role.AUDITOR).get("/v1/access-log")
    assert [entry["action"] for entry in accesses.json()["items"]].count("read") == 1


async def test_a_draft_is_deleted_when_the_facts_are_written(intake: Bench) -> None:
    anna = intake.client(Role.RECEPTION)
    at = await contact(anna)
    await save(anna, at, CONTENT)
    tag = (await anna.get(at)).headers["ETag"]
    await anna.put(f"{at}/facts", json={"needs": ["advice"]}, headers={"If-Match": tag})
    assert (await anna.get(f"{at}/draft")).status_code == 404


async def test_a_draft_is_deleted_when_the_contact_closes_and_no_other_is_accepted(intake: Bench) -> None:
    anna = intake.client(Role.RECEPTION)
    at = await contact(anna)
    await save(anna, at, CONTENT)
    await anna.post(f"{at}/close", json={"outcome": "advised"})
    assert (await anna.get(f"{at}/draft")).status_code == 404
    assert (await save(anna, at, CONTENT)).status_code == 409


@pytest.mark.parametrize(
    "body", [{}, {"content": []}, {"content": {"x": "y" * 50_000}}, {"content": {}, "more": 1}]
)
async def test_what_is_no_draft_is_refused(intake: Bench, body: dict[str, Any]) -> None:
    anna = intake.client(Role.RECEPTION)
    at = await contact(anna)
    assert (await anna.put(f"{at}/draft", json=body)).status_code == 422
    assert (await anna.get(f"{at}/draft")).status_code == 404


async def test_a_contact_that_is_not_there_has_no_draft(intake: Bench) -> None:
    anna = intake.client(Role.RECEPTION)
    assert (await save(anna, f"/v1/contacts/{new_id()}", CONTENT)).status_code == 404
    assert (await intake.client(Role.OPERATIONS).get(f"/v1/contacts/{new_id()}/draft")).status_code == 403


async def test_a_draft_can_be_read_after_key_rotation(intake: Bench) -> None:
    anna, state = intake.client(Role.RECEPTION), intake.app.state
    old, new, index = new_key(), new_key(), BlindIndex.parse(new_key())
    state.vault = Vault(Keyring.parse(f"k1:{old}"), index)
    at = await contact(anna)
    await save(anna, at, CONTENT)
    both = Vault(Keyring.parse(f"k2:{new},k1:{old}"), index)
    assert (await rotate(state.database, both, state.outbox)).drafts == 1
    state.vault = Vault(Keyring.parse(f"k2:{new}"), index)
    assert (await anna.get(f"{at}/draft")).json()["content"] == CONTENT
