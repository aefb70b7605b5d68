"""One caller is one number, however it was written down."""

import pytest

from shared.phone_numbers import normalised_phone


@pytest.mark.parametrize(
    "written",
    ["20000001", "20 00 00 01", "4520000001", "+45 2000 0001", "0045-20000001", " (+45) 20.00.00.01 "],
)
def test_a_danish_number_has_one_form(written: str) -> None:
    assert normalised_phone(written) == "+4520000001"


@pytest.mark.parametrize("written", ["+46 70 123 45 67", "0046701234567", "46701234567"])
def test_a_number_from_abroad_keeps_its_country(written: str) -> None:
    assert normalised_phone(written) == "+46701234567"


@pytest.mark.parametrize(
    "withheld", [None, "", "anonymous", "<unknown>", "Unavailable", "8001", "1" * 16, "²²²²²²²²"]
)
def test_a_withheld_number_or_an_extension_is_no_number(withheld: str | None) -> None:
    assert normalised_phone(withheld) is None
