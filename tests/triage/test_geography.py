"""Districts, postcodes and children's areas (domain.md § 4)."""

from datetime import date

import pytest

from shared.city.current import geography_on
from tests.triage.triaging import place, questions, triage

GEOGRAPHY = geography_on(date(2026, 3, 10))


@pytest.mark.parametrize(
    ("district", "area"),
    [
        (1, "city-oesterbro"),
        (2, "city-oesterbro"),
        (3, "noerrebro-bispebjerg"),
        (4, "valby-vesterbro-kgs-enghave"),
        (5, "valby-vesterbro-kgs-enghave"),
        (6, "broenshoej-husum-vanloese"),
        (7, "broenshoej-husum-vanloese"),
        (8, "noerrebro-bispebjerg"),
        (9, "amager"),
        (10, "amager"),
    ],
)
def test_each_district_has_one_childrens_area(district: int, area: str) -> None:
    assert place(triage("respite", age=8, district=district)) == f"unit:children-{area}"


@pytest.mark.parametrize(
    ("postal_code", "area"),
    [
        ("1000", "city-oesterbro"),
        ("1499", "city-oesterbro"),
        ("2150", "city-oesterbro"),
        ("2200", "noerrebro-bispebjerg"),
        ("2300", "amager"),
        ("2450", "valby-vesterbro-kgs-enghave"),
        ("2500", "valby-vesterbro-kgs-enghave"),
        ("2700", "broenshoej-husum-vanloese"),
        ("2720", "broenshoej-husum-vanloese"),
    ],
)
def test_an_unambiguous_postcode_settles_the_area(postal_code: str, area: str) -> None:
    assert place(triage("respite", age=8, postal_code=postal_code)) == f"unit:children-{area}"


@pytest.mark.parametrize("postal_code", ["1500", "1799", "2100", "2400"])
def test_an_ambiguous_postcode_inside_the_city_asks_for_the_district_only(postal_code: str) -> None:
    assert questions(triage("respite", age=8, postal_code=postal_code)) == ["district"]


@pytest.mark.parametrize("postal_code", ["2770", "2860", "2900", "1800", "2000", "8000"])
def test_a_postcode_that_may_lie_outside_asks_for_the_municipality_too(postal_code: str) -> None:
    assert questions(triage("respite", age=8, postal_code=postal_code)) == ["in_municipality", "district"]


def test_a_district_always_decides_over_an_ambiguous_postcode() -> None:
    assert place(triage("respite", age=8, postal_code="2400", district=7)) == (
        "unit:children-broenshoej-husum-vanloese"
    )


def test_an_ambiguous_postcode_limits_the_possible_districts() -> None:
    assert GEOGRAPHY.locality("2400").districts == (3, 6, 7, 8)
    assert GEOGRAPHY.locality("2900").districts == tuple(range(1, 11))


@pytest.mark.parametrize("postal_code", ["1800", "1999", "2000", "4000", "0999"])
def test_a_childs_postcode_clearly_outside_is_another_municipalitys(postal_code: str) -> None:
    assert place(triage("child_concern", child_postal_code=postal_code)) == "other_authority:reception"


@pytest.mark.parametrize("postal_code", ["2770", "2860", "2900", "2100"])
def test_a_childs_ambiguous_postcode_asks_for_its_district(postal_code: str) -> None:
    assert questions(triage("child_concern", child_postal_code=postal_code)) == ["child_district"]


def test_a_kommunekode_elsewhere_decides_over_a_postcode_inside() -> None:
    assert place(triage("debt", age=40, postal_code="2300", in_municipality=False)) == (
        "other_authority:reception"
    )
