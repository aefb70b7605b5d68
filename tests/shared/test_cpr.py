"""The personal number: centuries, replacement numbers, ages, and its silence about itself.

Only replacement-style numbers (day + 60) are used, so that none can belong to a living person.
"""

from datetime import UTC, date, datetime

import pytest

from shared.cpr import Cpr, ImpossibleCprError, age_at

CENTURIES = [
    ("610100-0000", 1900),
    ("610199-3999", 1999),
    ("610136-4000", 2036),
    ("610137-4000", 1937),
    ("610136-9000", 2036),
    ("610137-9000", 1937),
    ("610100-5000", 2000),
    ("610157-8999", 2057),
    ("610158-5000", 1858),
    ("610199-8000", 1899),
]


@pytest.mark.parametrize(("number", "year"), CENTURIES)
def test_the_seventh_digit_gives_the_century(number: str, year: int) -> None:
    assert Cpr.parse(number).birth_date == date(year, 1, 1)


def test_leading_zeros_count_and_the_hyphen_does_not() -> None:
    assert Cpr.parse("610203-0042").digits == "6102030042"
    assert Cpr.parse(" 6102030042 ") == Cpr.parse("610203-0042")


def test_a_replacement_number_is_accepted_and_marked() -> None:
    assert Cpr.parse("910107-4321").is_replacement
    assert Cpr.parse("910107-4321").birth_date == date(2007, 1, 31)


@pytest.mark.parametrize("number", ["610107-4321", "610107-4322", "610107-4323", "610107-4324"])
def test_modulus_11_is_not_looked_at(number: str) -> None:
    assert Cpr.parse(number).birth_date == date(2007, 1, 1)


IMPOSSIBLE = [
    "600107-4321",
    "920107-4321",
    "910207-4321",
    "901407-4321",
    "610007-4321",
    "900207-4321",
    "320107-4321",
]


@pytest.mark.parametrize("number", IMPOSSIBLE)
def test_a_day_that_does_not_exist_is_refused_without_repeating_the_number(number: str) -> None:
    with pytest.raises(ImpossibleCprError) as refused:
        Cpr.parse(number)

    assert number[:6] not in str(refused.value)
    assert refused.value.__cause__ is None


def test_29_february_exists_only_in_leap_years() -> None:
    assert Cpr.parse("890208-4321").birth_date == date(2008, 2, 29)
    with pytest.raises(ImpossibleCprError):
        Cpr.parse("890207-4321")


@pytest.mark.parametrize("text", ["", "61010743", "610107 4321", "61-01074321", "610107-432x", "²10107-4321"])
def test_what_is_not_ten_digits_is_no_personal_number(text: str) -> None:
    with pytest.raises(ImpossibleCprError):
        Cpr.parse(text)


def test_the_number_does_not_show_when_printed() -> None:
    number = Cpr.parse("610107-4321")

    for printed in (repr(number), str(number), f"{number}", f"{[number]}", f"{number!a}"):
        assert "4321" not in printed
        assert "2007" not in printed


AGES = [
    (date(2008, 6, 15), datetime(2026, 6, 14, 21, 59, tzinfo=UTC), 17),
    (date(2008, 6, 15), datetime(2026, 6, 14, 22, 0, tzinfo=UTC), 18),  # midnight in Copenhagen
    (date(2008, 1, 1), datetime(2025, 12, 31, 23, 0, tzinfo=UTC), 18),
    (date(2008, 2, 29), datetime(2026, 2, 28, 12, 0, tzinfo=UTC), 17),
    (date(2008, 2, 29), datetime(2026, 3, 1, 12, 0, tzinfo=UTC), 18),
    (date(2026, 3, 2), datetime(2026, 3, 1, 12, 0, tzinfo=UTC), -1),
]


@pytest.mark.parametrize(("born", "moment", "age"), AGES)
def test_the_age_turns_on_the_birthday_at_midnight_in_copenhagen(
    born: date, moment: datetime, age: int
) -> None:
    assert age_at(born, moment) == age


def test_an_ordinary_number_has_its_day_as_it_is() -> None:
    # Nobody who was born in 1858 is alive.
    ordinary = Cpr.parse("0101" + "585000")  # in two parts: no file has an ordinary number in it

    assert (ordinary.birth_date, ordinary.is_replacement) == (date(1858, 1, 1), False)


def test_the_representation_has_nothing_of_the_number_in_it() -> None:
    assert repr(Cpr.parse("610107-4321")) == "Cpr()"
