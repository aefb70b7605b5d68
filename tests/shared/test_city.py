"""A city's configuration: what its files say, and how a mistake in them is named."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from shared.city.codes import RECEPTION, Unit
from shared.city.places import Geography
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
