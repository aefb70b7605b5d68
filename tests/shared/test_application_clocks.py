"""By when an application must be decided, by the deadlines that the municipality publishes."""

from datetime import UTC, date, datetime

import pytest

from shared.application_clocks import application_clocks, areas_of
from shared.city.applications import ApplicationArea
from shared.vocabulary import Need, Unit

TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def area(code: str, **more: object) -> ApplicationArea:
    terms = {"name": code, "units": ["adults"], "weeks": 8, "legal_basis": "§ 3", "valid_from": "2026-01-01"}
    return ApplicationArea.model_validate({"code": code, **terms, **more})


def codes(areas: list[ApplicationArea], unit: str = "adults", kle: str | None = None) -> list[str]:
    return [one.code for one in areas_of(areas, "debt", kle, unit, date(2026, 3, 10))]


def test_the_narrowest_area_of_the_unit_wins() -> None:
    everything = area("all")
    by_number = area("number", kle=["27.36.12"])
    by_need = area("need", needs=["debt"])
    assert codes([everything]) == ["all"]
    assert codes([everything, by_number], kle="27.36.12") == ["number"]
    assert codes([everything, by_number], kle=None) == ["all"]
    assert codes([everything, by_number, by_need], kle="27.36.12") == ["need"]


def test_an_area_for_other_needs_or_of_another_time_covers_nothing() -> None:
    assert codes([area("other", needs=["respite"])]) == []
    assert codes([area("over", valid_to="2026-03-09"), area("later", valid_from="2026-03-11")]) == []
    assert codes([area("last", valid_to="2026-03-10")]) == ["last"]
    assert codes([area("first", valid_from="2026-03-10")]) == ["first"]


def test_where_no_area_is_the_units_own_all_that_cover_the_need_are_possible() -> None:
    areas = [area("adults"), area("youth", units=["youth"])]
    assert codes(areas, unit="reception") == ["adults", "youth"]
    assert codes(areas, unit="youth") == ["youth"]


@pytest.mark.parametrize(
    ("needs", "age", "unit", "expected"),
    [
        ({Need.SUPPORT_AT_HOME}, 40, Unit.ADULTS, {"application_support_at_home": "2026-05-05T21:59:59"}),
        (
            {Need.ASSISTIVE_DEVICES},
            40,
            Unit.ASSISTIVE_DEVICES,
            {"application_assistive_devices": "2026-04-24T21:59:59"},
        ),
        (
            {Need.SUPPORT_AT_HOME, Need.TEMPORARY_HOUSING},
            40,
            Unit.ADULTS,
            {
                "application_support_at_home": "2026-05-05T21:59:59",
                "application_housing_offers": "2026-06-02T21:59:59",
            },
        ),
        (set(), 40, Unit.ADULTS, {}),
    ],
)
def test_each_area_has_one_clock_from_receipt(
    needs: set[Need], age: int, unit: Unit, expected: dict[str, str]
) -> None:
    clocks = application_clocks(needs, age, unit, TUESDAY)
    assert {clock.rule: clock.due_at.isoformat()[:19] for clock in clocks} == expected
    assert [clock.due_at for clock in clocks] == sorted(clock.due_at for clock in clocks)
    assert {clock.starts_at for clock in clocks} <= {TUESDAY}


def test_where_the_unit_leaves_the_area_open_the_first_deadline_counts() -> None:
    (clock,) = application_clocks({Need.EMPLOYMENT_ACTIVITY}, None, Unit.RECEPTION, TUESDAY)
    # Of all areas for every need: six weeks for adults, 30 working days for assistive devices, eight weeks.
    assert (clock.rule, clock.due_at.isoformat()[:10]) == ("application_adults_other", "2026-04-21")
