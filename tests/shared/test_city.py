"""A city's configuration: what its files say, and how a mistake in them is named."""

import shutil
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.city.codes import RECEPTION
from shared.city.current import Unit
from shared.city.places import District, Geography, Locality, Places, PostcodeRange
from shared.city.reading import COPENHAGEN, CityError, read_city
from shared.city.units import UnitPeriod, Units, conflicts_of

THIS_YEAR = date(2026, 11, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(COPENHAGEN, tmp_path / "city"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def fault_of(folder: Path) -> str:
    with pytest.raises(CityError) as error:
        read_city(folder)
    return str(error.value)


def test_copenhagen_has_sixteen_units_ten_districts_and_every_child_one_area() -> None:
    city = read_city()
    areas = city.units.area_of_district(THIS_YEAR)
    assert len(city.units.valid_on(THIS_YEAR)) == 16
    assert sorted(areas) == list(range(1, 11))
    assert areas[10] == "children-amager"
    assert city.units.name_of("disability-adults") == "Specialiseret handicapenhed, voksne"


@pytest.mark.parametrize(
    ("postcode", "inside", "area"),
    [
        ("1000", True, "children-city-oesterbro"),
        ("1499", True, "children-city-oesterbro"),
        ("1500", True, None),
        ("1799", True, None),
        ("1800", False, None),
        ("2000", False, None),
        ("2100", True, None),
        ("2150", True, "children-city-oesterbro"),
        ("2200", True, "children-noerrebro-bispebjerg"),
        ("2300", True, "children-amager"),
        ("2400", True, None),
        ("2450", True, "children-valby-vesterbro-kgs-enghave"),
        ("2700", True, "children-broenshoej-husum-vanloese"),
        ("2770", None, None),
        ("8000", False, None),
        (None, None, None),
    ],
)
def test_postcodes_say_what_the_domain_table_says(
    postcode: str | None, inside: bool | None, area: str | None
) -> None:
    city = read_city()
    areas = {number: Unit(code) for number, code in city.units.area_of_district(THIS_YEAR).items()}
    locality = Geography(city.places, areas).locality(postcode)
    assert (locality.inside, locality.area) == (inside, area)


def test_a_new_unit_is_one_line_and_is_there_from_its_first_day(folder: Path) -> None:
    change(
        folder,
        "units.yaml",
        "  - {code: centre-team,",
        '  - {code: night-team, name: Natteamet, takes: "hjælp om natten", valid_from: 2027-01-01}\n'
        "  - {code: centre-team,",
    )
    units = read_city(folder).units
    assert "night-team" not in units.valid_on(date(2026, 12, 31))
    assert units.valid_on(date(2027, 1, 1))["night-team"].name == "Natteamet"


def test_a_new_need_is_one_line_with_a_bit_of_its_own(folder: Path) -> None:
    change(
        folder,
        "needs.yaml",
        "  - {code: complaint,",
        '  - {code: gambling, label: Ludomani, kle: [], step: "1"}\n  - {code: complaint,',
    )
    needs = read_city(folder).needs
    assert "gambling" in needs
    assert list(needs.of_mask(needs.mask(["gambling", "debt"]))) == ["debt", "gambling"]
    assert needs.unknown(["gambling", "dragons", "advice"]) == ["dragons"]


@pytest.mark.parametrize(
    ("name", "old", "new", "line_of", "message"),
    [
        ("units.yaml", "{code: youth,", "{code: Youth,", "{code: Youth,", "Youth: units.code: String should match"),
        ("units.yaml", "districts: [9, 10]", "districts: [9]", "{code: reception, name", "district 10 is in no unit's area"),
        ("units.yaml", "districts: [9, 10]", "districts: [9, 10, 1]", "{code: children-city", "district 1 is also in the area"),
        ("units.yaml", "districts: [9, 10]", "districts: [9, 10, 77]", "{code: children-amager", "there is no district 77"),
        ("units.yaml", "{code: youth,", "{code: adults,", "{code: adults, name: \"Unge", "adults: its periods from 2025-01-01"),
        ("units.yaml", "{code: ssp, name:", "{code: ssp, nam:", "{code: ssp", "ssp: units.nam: Extra inputs"),
        ("needs.yaml", "{code: debt,", "{code: autism,", "needs:", "the need autism is there twice"),
        ("needs.yaml", "{code: child_concern,", "{code: concern,", "needs:", "the need child_concern must be there"),
        ("needs.yaml", "27.57.16", "27.57", "{code: shelter", "shelter: needs.kle.number"),
        ("application_areas.yaml", "units: [hky]", "units: [moon]", "code: disability-benefits", "there is no unit moon"),
        ("application_areas.yaml", "units: [hky]", "units: [hky], needs: [gold]", "code: disability-benefits", "there is no need gold"),
        ("application_areas.yaml", "weeks: 12", "years: 1", "code: housing-offers", "housing-offers: areas.years: Extra inputs"),
        ("districts.yaml", "{number: 3,", "{number: 2,", "districts:", "two districts have the same number"),
        ("districts.yaml", "from: 2450, to: 2450", "from: 2450, to: 2500", "districts:", "the postcode 2500 is in two"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_file_line_and_code(
    folder: Path, name: str, old: str, new: str, line_of: str, message: str
) -> None:
    change(folder, name, old, new)
    fault = fault_of(folder)
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if line_of in text)
    assert message in fault
    assert f"{folder / name}, line {line}: " in fault or (
        line_of.endswith(":") and f"{folder / name}, line " in fault
    )


def test_a_file_that_is_missing_or_no_yaml_is_named(folder: Path) -> None:
    (folder / "needs.yaml").write_text("needs: [", encoding="utf-8")
    assert f"{folder / 'needs.yaml'}, line " in fault_of(folder)
    (folder / "needs.yaml").unlink()
    assert "needs.yaml: cannot be read" in fault_of(folder)


def test_a_city_without_deadlines_for_applications_has_none(folder: Path) -> None:
    (folder / "application_areas.yaml").unlink()
    assert read_city(folder).application_areas == ()


def test_without_a_reception_there_is_no_city() -> None:
    ended = UnitPeriod(
        code=RECEPTION, name="Indgangen", takes="", valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1)
    )
    (found,) = conflicts_of(Units([ended]), [])
    assert found.code == RECEPTION
    assert "no reception on 2026-01-02" in found.message


def test_areas_may_change_hands_on_a_day_without_a_gap() -> None:
    def unit(code: str, first: date, last: date | None, *districts: int) -> UnitPeriod:
        return UnitPeriod(
            code=code, name=code, takes="", valid_from=first, valid_to=last, districts=frozenset(districts)
        )

    start, change_day = date(2025, 1, 1), date(2027, 1, 1)
    before = unit("north", start, date(2026, 12, 31), 1, 2)
    units = Units(
        [
            unit(RECEPTION, start, None),
            before,
            unit("north", change_day, None, 1),
            unit("south", change_day, None, 2),
        ]
    )
    assert conflicts_of(units, [1, 2]) == []
    assert units.area_of_district(date(2026, 12, 31)) == {1: "north", 2: "north"}
    assert units.area_of_district(change_day) == {1: "north", 2: "south"}
    late = Units([unit(RECEPTION, start, None), before, unit("north", date(2027, 1, 2), None, 1, 2)])
    assert "in no unit's area on 2027-01-01" in conflicts_of(late, [1, 2])[0].message


def one_unit(**fields: object) -> UnitPeriod:
    ordinary = {"code": "north", "name": "Nord", "takes": "", "valid_from": date(2025, 1, 1)}
    return UnitPeriod.model_validate({**ordinary, **fields})


@pytest.mark.parametrize(("field", "most"), [("name", 120), ("takes", 300)])
def test_the_texts_of_a_unit_are_limited(field: str, most: int) -> None:
    assert len(getattr(one_unit(**{field: "n" * most}), field)) == most
    with pytest.raises(ValidationError):
        one_unit(**{field: "n" * (most + 1)})


def test_a_unit_has_a_name_that_may_be_a_single_letter() -> None:
    assert one_unit(name="N").name == "N"
    with pytest.raises(ValidationError):
        one_unit(name="")


def test_a_unit_may_be_there_for_one_day_and_not_for_less() -> None:
    assert one_unit(valid_to=date(2025, 1, 1)).is_valid_on(date(2025, 1, 1))
    with pytest.raises(ValidationError, match="north: valid_to is before valid_from"):
        one_unit(valid_to=date(2024, 12, 31))


def test_two_periods_of_a_unit_overlap_exactly_when_a_day_is_in_both() -> None:
    def day(number: int) -> date:
        return date(2025, 1, number)

    spans = [
        (first, last) for first in (1, 2, 3) for last in (1, 2, 3, None) if last is None or first <= last
    ]
    for (first, last), (other_first, other_last) in product(spans, spans):
        one = one_unit(valid_from=day(first), valid_to=last and day(last))
        other = one_unit(valid_from=day(other_first), valid_to=other_last and day(other_last))
        shared = [
            number
            for number in range(1, 5)
            if one.is_valid_on(day(number)) and other.is_valid_on(day(number))
        ]
        assert one.overlaps(other) is bool(shared)


def test_units_as_a_file_has_them_are_the_edition_nothing_has_changed_yet() -> None:
    assert Units([]).edition == 0


def test_a_district_in_two_areas_is_named_with_both_units() -> None:
    units = Units([one_unit(code=code, districts={1}) for code in (RECEPTION, "north")])
    (found,) = conflicts_of(units, [1])
    assert (found.code, found.field) == ("north", "districts")
    assert found.message == "district 1 is also in the area of reception on 2025-01-01"


def places(*postcodes: dict[str, object], districts: tuple[int, ...] = (2, 1)) -> Places:
    named = [{"number": number, "name": f"Bydel {number}"} for number in districts]
    return Places.model_validate({"districts": named, "postcodes": postcodes})


def span(first: int, last: int, inside: str = "partly", *districts: int) -> dict[str, object]:
    return {"from": first, "to": last, "inside": inside, "districts": districts}


def test_districts_are_numbered_and_named_in_the_order_of_the_configuration() -> None:
    assert places().numbers == (2, 1)
    assert places().names == {2: "Bydel 2", 1: "Bydel 1"}
    assert places(districts=(1,)).numbers == (1,)
    with pytest.raises(ValidationError, match="at least 1 item"):
        places(districts=())


def test_the_name_of_a_district_has_1_to_120_characters() -> None:
    for name in ("B", "B" * 120):
        assert District(number=1, name=name).name == name
    for name in ("", "B" * 121):
        with pytest.raises(ValidationError):
            District(number=1, name=name)


def test_postcodes_go_from_0000_to_9999() -> None:
    for code in (0, 9999):
        assert places(span(code, code)).postcodes[0].first == code
    for first, last in ((-1, 5), (9999, 10000), (10000, 10000), (-1, -1)):
        with pytest.raises(ValidationError):
            places(span(first, last))


@pytest.mark.parametrize(("field", "value"), [("from", -1), ("to", -1), ("from", 10000), ("to", 10000)])
def test_each_end_of_a_range_is_a_postcode(field: str, value: int) -> None:
    with pytest.raises(ValidationError) as refused:
        PostcodeRange.model_validate({**span(5, 6), field: value})
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="`to` is before `from`"):
        places(span(1001, 1000))


def test_a_postcode_inside_the_municipality_needs_a_district() -> None:
    with pytest.raises(ValidationError, match="lies in some district"):
        places(span(1000, 1000, "wholly"))
    assert places(span(1000, 1000, "wholly", 1)).postcodes[0].districts == (1,)


def test_the_first_district_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValidationError, match="postcodes from 1000: there is no district 76"):
        places(span(1000, 1000, "partly", 77, 78, 76, 1))


def test_a_range_within_another_is_refused() -> None:
    with pytest.raises(ValidationError, match="the postcode 1500 is in two ranges"):
        places(span(1500, 1600), span(1000, 1999))


def test_a_postcode_says_its_districts_in_order_and_after_its_range_nothing() -> None:
    area = {1: Unit("children-amager"), 2: Unit("children-amager")}
    geography = Geography(
        places(span(1000, 1001, "partly", 2, 1), span(1100, 1100, "outside"), districts=(3, 2, 1)), area
    )
    assert geography.locality("1001") == Locality(None, Unit("children-amager"), (1, 2))
    assert geography.locality("1002") == Locality(inside=False, area=None, districts=(1, 2, 3))
    assert geography.locality("1100") == Locality(inside=False, area=None, districts=(1, 2, 3))
