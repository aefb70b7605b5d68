"""Members of staff change units by a file, from a day on, whatever their token says."""

from datetime import date, timedelta

import pytest

from services.routing.staff.membership import Membership, read_lines, units_on
from shared.clock import SettableClock
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.routing.events import NOW, ago, triaged

UNITS = {"youth", "adults"}
CSV = {"Content-Type": "text/csv"}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("subject,unit,valid_from\nbo,youth,2027-01-01\n", []),
        ("\ufeffsubject;unit;valid_from;valid_to\nbo;youth;2027-01-01;2027-06-30\n", []),
        ("subject,unit\nbo,youth\n", [(1, "the header must name subject, unit, valid_from")]),
        ("", [(1, "the header must name subject, unit, valid_from")]),
        ("subject,unit,valid_from\n,youth,2027-01-01\n", [(2, "subject is missing or longer than 255 characters")]),
        ("subject,unit,valid_from\nbo,jugend,2027-01-01\n", [(2, "there is no unit jugend")]),
        ("subject,unit,valid_from\nbo,youth,1.1.2027\n", [(2, "a date is YYYY-MM-DD")]),
        (
            "subject,unit,valid_from,valid_to\nbo,youth,2027-01-02,2027-01-01\n",
            [(2, "valid_to is before valid_from")],
        ),
        (
            "subject,unit,valid_from,valid_to\nbo,youth,2027-01-01,\nbo,youth,2027-05-01,\n",
            [(3, "bo is in youth on these days already")],
        ),
    ],
)  # fmt: skip
def test_a_file_is_read_with_every_fault_by_its_line(text: str, faults: list[tuple[int, str]]) -> None:
    memberships, found = read_lines(text, UNITS)
    assert [tuple(fault) for fault in found] == faults
    assert bool(memberships) == (not faults) or len(faults) < text.count("\n")


def test_who_has_left_is_in_no_unit_and_who_is_not_in_the_file_is_not_known() -> None:
    first, last, later = date(2027, 1, 1), date(2027, 6, 30), date(2027, 7, 1)
    file = [Membership("bo", "youth", first, last), Membership("eva", "adults", later)]
    assert units_on(file, first) == {"bo": {"youth"}}
    assert units_on(file, last) == {"bo": {"youth"}}
    assert units_on(file, later) == {"bo": set(), "eva": {"adults"}}
    assert units_on(file, first - timedelta(days=1)) == {}


async def test_from_its_day_on_the_file_says_who_may_take_what(routing: Bench, clock: SettableClock) -> None:
    await routing.deliver(triaged(new_id(), at=ago(hours=2)))
    tomorrow = (NOW + timedelta(days=1)).date()
    answer = await routing.client(Role.OPERATIONS).post(
        "/v1/staff-units", content=f"subject,unit,valid_from\nbo,youth,{tomorrow}\n", headers=CSV
    )
    assert answer.status_code == 200, answer.text
    bo = routing.client(Role.CASEWORKER, units=["adults"], subject="bo")
    assert (await bo.post("/v1/queues/youth/next")).status_code == 403
    assert (await bo.get("/v1/my-units")).json()["units"] == ["adults"]

    clock.advance(timedelta(days=1))

    assert (await bo.get("/v1/my-units")).json() == {
        "subject": "bo",
        "units": ["youth"],
        "from_staff_file": True,
    }
    assert (await bo.post("/v1/queues/youth/next")).status_code == 200
    assert (await bo.post("/v1/queues/adults/next")).status_code == 403


async def test_a_file_with_a_fault_changes_nobody(routing: Bench) -> None:
    operations = routing.client(Role.OPERATIONS)
    text = "subject,unit,valid_from\nbo,youth,2026-01-01\neva,nowhere,2026-01-01\n"
    refused = await operations.post("/v1/staff-units", content=text, headers=CSV)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"pointer": "/3", "message": "line 3: there is no unit nowhere"}]
    assert (await operations.get("/v1/staff-units")).json()["items"] == []


async def test_twelve_hundred_change_units_in_one_file(routing: Bench) -> None:
    operations = routing.client(Role.OPERATIONS)
    lines = "".join(f"u{n},{'youth' if n % 2 else 'adults'},2026-01-01\n" for n in range(1200))
    text = "subject,unit,valid_from\n" + lines
    preview = await operations.post("/v1/staff-units?preview=true", content=text, headers=CSV)
    assert preview.json() == {"preview": True, "staff": 1200, "memberships": 1200, "changed": 1200}
    assert (await operations.get("/v1/staff-units")).json()["items"] == []
    assert (await operations.post("/v1/staff-units", content=text, headers=CSV)).json()["changed"] == 1200
    again = await operations.post("/v1/staff-units", content=text, headers=CSV)
    assert again.json()["changed"] == 0
    youth = (await operations.get("/v1/staff-units?unit=youth")).json()["items"]
    assert len(youth) == 600
