"""Personal data: encrypted in storage, found by index, visible by role, and each access logged."""

from typing import Any

import pytest
from sqlalchemy import select

from services.intake.models import Access, metadata
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_contacts import FACTS, registered

CPR, NAME, PHONE = "6101901234", "Alma Ægidius-Andersen", "+4520000001"
ALMA: dict[str, Any] = {
    "citizen": {"cpr": "610190-1234", "name": NAME, "address_protected_until": "2026-03-10"},
    "contact_person": {"relation": "parent", "name": "Bo Berg", "phone": "20 00 00 01"},
    "summary": "Ringer om sin datter",
}


async def found(bench: Bench, **criterion: Any) -> list[dict[str, Any]]:
    answer = await bench.client(Role.RECEPTION).post("/v1/contacts/search", json=criterion)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def logged(bench: Bench, **criterion: Any) -> list[tuple[str, str, str, str | None]]:
    answer = await bench.client(Role.AUDITOR).get("/v1/access-log", params=criterion)
    return [
        (entry["action"], entry["role"], entry["purpose"], entry["criterion"])
        for entry in answer.json()["items"]
    ]


async def test_a_receptionist_sees_the_citizen_whole(intake: Bench) -> None:
    contact = await registered(intake, **ALMA)

    assert contact["citizen"] == {
        "cpr": CPR,
        "cpr_is_replacement": True,
        "birth_date": "1990-01-01",
        "age": 36,
        "name": NAME,
        "anonymous": False,
        "address_protected_until": "2026-03-10",
        "address_protected": True,
    }
    assert contact["contact_person"]["phone"] == PHONE


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.AUDITOR])
async def test_a_role_without_work_with_the_person_gets_the_contact_without_the_person(
    intake: Bench, role: Role
) -> None:
    contact = await registered(intake, **ALMA, facts=FACTS)
    seen = await intake.client(role).get(f"/v1/contacts/{contact['id']}")

    assert seen.json()["reference"] == contact["reference"]
    assert seen.json()["facts"] is None
    for secret in (CPR, "Alma", "Bo", PHONE, "datter", "1990"):
        assert secret not in seen.text


async def test_the_rules_editor_and_the_exchange_see_no_contacts(intake: Bench) -> None:
    contact = await registered(intake)
    for role in (Role.RULES_EDITOR, Role.TELEPHONY):
        assert (await intake.client(role).get(f"/v1/contacts/{contact['id']}")).status_code == 403
    assert (await intake.client(None).get("/v1/contacts")).status_code == 401
    assert (await intake.client(Role.RECEPTION).get("/v1/access-log")).status_code == 403
    assert (
        await intake.client(Role.OPERATIONS).post("/v1/contacts/search", json={"cpr": CPR})
    ).status_code == 403


async def test_nothing_that_names_a_person_can_be_read_from_the_tables(intake: Bench) -> None:
    answer = await intake.client(Role.RECEPTION).post(
        "/v1/contacts", json={"channel": "phone", **ALMA, "facts": FACTS}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 201

    stored = ""
    async with intake.app.state.database.reading() as session:
        for table in metadata.sorted_tables:
            stored += "".join(str(tuple(row)) for row in await session.execute(select(table)))
    assert answer.json()["id"] in stored or answer.json()["id"].replace("-", "") in stored
    for secret in (CPR, "610190-1234", "Alma", "gidius", "Bo Berg", "20000001", "datter", "1990-01-01"):
        assert secret not in stored


async def test_the_number_is_in_no_log_line_no_problem_and_no_metric(
    intake: Bench, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    client = intake.client(Role.RECEPTION)
    contact = await registered(intake, **ALMA)
    refused = [
        await client.post(
            "/v1/contacts", json={"channel": "phone", "citizen": {"cpr": CPR, "anonymous": True}}
        ),
        await client.post(
            "/v1/contacts", json={"channel": CPR, "citizen": {CPR: CPR}, "facts": {"needs": [CPR]}}
        ),
        await client.post(
            "/v1/contacts", content=f'{{"cpr": "{CPR}"', headers={"Content-Type": "application/json"}
        ),
        await client.post("/v1/contacts/search", json={"cpr": CPR, "phone": CPR}),
        await client.post("/v1/contacts/search", json={"cpr": f"{CPR}0"}),
        await client.patch(
            f"/v1/contacts/{contact['id']}",
            json={"citizen": {"cpr": CPR, "anonymous": True}},
            headers={"If-Match": "*"},
        ),
        await client.get(f"/v1/contacts/{CPR}"),
        await client.get("/v1/contacts", params={"cursor": CPR, "status": CPR}),
        await client.post(f"/v1/contacts/{contact['id']}/close", json={"outcome": CPR}),
    ]
    metrics = (await client.get("/metrics")).text

    assert {answer.status_code for answer in refused} == {404, 422}
    written = capsys.readouterr()
    assert "/v1/contacts" in written.out + written.err + caplog.text
    for number in (CPR, "610190-1234"):
        assert all(number not in answer.text for answer in refused)
        assert number not in written.out + written.err + caplog.text
        assert number not in metrics
        assert number not in str(await intake.published())
    assert 'dsi_intake_unfinished_contacts{channel="written",status="waiting"} 1.0' in metrics


async def test_a_contact_is_found_by_number_phone_reference_and_name(intake: Bench) -> None:
    contact, other = (
        await registered(intake, **ALMA),
        await registered(intake, citizen={"name": "Alma Hansen"}),
    )

    for criterion in (
        {"cpr": CPR},
        {"cpr": "610190-1234"},
        {"phone": "0045 20000001"},
        {"reference": contact["reference"].lower()},
        {"name": "andersen ÆGIDIUS"},
        {"name": "Berg, Bo"},
    ):
        assert [item["id"] for item in await found(intake, **criterion)] == [contact["id"]], criterion
    assert {item["id"] for item in await found(intake, name="alma")} == {contact["id"], other["id"]}
    assert await found(intake, cpr="610190-1235") == []
    assert await found(intake, name="---") == []


async def test_a_name_that_was_changed_is_found_by_its_new_words_only(intake: Bench) -> None:
    contact = await registered(intake, citizen={"name": "Alma Andersen"})
    await intake.client(Role.RECEPTION).patch(
        f"/v1/contacts/{contact['id']}", json={"citizen": {"name": "Alma Berg"}}, headers={"If-Match": '"1"'}
    )

    assert await found(intake, name="andersen") == []
    assert [item["name"] for item in await found(intake, name="berg")] == ["Alma Berg"]


async def test_what_is_found_comes_in_pages(intake: Bench) -> None:
    for day in (1, 2, 3):
        await registered(intake, received_at=f"2026-03-0{day}T09:00:00Z", citizen={"cpr": CPR})
    client, days, cursor = intake.client(Role.RECEPTION), [], None
    for _ in range(2):
        page = (
            await client.post("/v1/contacts/search", json={"cpr": CPR, "limit": 2, "cursor": cursor})
        ).json()
        days += [item["received_at"][9] for item in page["items"]]
        cursor = page["next_cursor"]

    assert (days, cursor) == (["3", "2", "1"], None)


async def test_every_access_is_logged_with_its_purpose(intake: Bench) -> None:
    contact = await registered(intake, **ALMA)
    client, place = intake.client(Role.CASEWORKER, subject="bo"), f"/v1/contacts/{contact['id']}"
    await client.get(place, headers={"X-Purpose": "Sagen aabnes"})
    await client.put(f"{place}/facts", json=FACTS, headers={"If-Match": '"1"'})
    await client.post("/v1/contacts/search", json={"cpr": CPR, "purpose": "Borgeren ringer igen"})
    await client.post(f"{place}/close", json={"outcome": "advised"})

    assert sorted(await logged(intake, contact_id=contact["id"])) == sorted(
        [
            ("create", "reception", "Henvendelsen modtages", None),
            ("read", "caseworker", "Sagen aabnes", None),
            ("change", "caseworker", "Henvendelsen behandles", None),
            ("found", "caseworker", "Borgeren ringer igen", "cpr"),
            ("close", "caseworker", "Henvendelsen behandles", None),
        ]
    )
    assert ("search", "caseworker", "Borgeren ringer igen", "cpr") in await logged(intake)


async def test_a_search_without_results_and_a_list_are_logged_too(intake: Bench) -> None:
    await found(intake, phone="20000009")
    await intake.client(Role.OPERATIONS).get("/v1/contacts")

    assert sorted(await logged(intake)) == [
        ("list", "operations", "Overblik over henvendelser", None),
        ("search", "reception", "Henvendelsen findes frem", "phone"),
    ]


async def test_a_refused_change_is_not_logged_as_an_access(intake: Bench) -> None:
    contact = await registered(intake)
    await intake.client(Role.RECEPTION).put(
        f"/v1/contacts/{contact['id']}/facts", json=FACTS, headers={"If-Match": '"9"'}
    )

    assert [action for action, *_ in await logged(intake)] == ["create"]
    async with intake.app.state.database.reading() as session:
        assert len((await session.execute(select(Access))).all()) == 1


async def test_protection_ends_after_its_last_day(intake: Bench) -> None:
    contact = await registered(intake, citizen={"name": "Alma", "address_protected_until": "2026-03-09"})

    assert contact["citizen"]["address_protected"] is False


async def test_an_anonymous_contact_is_published_as_anonymous(intake: Bench) -> None:
    await registered(intake, citizen={"anonymous": True, "age": 20}, facts=FACTS)

    (event,) = await intake.published("contact.registered")
    assert (event["facts"]["anonymous"], event["facts"]["age"]) == (True, 20)
