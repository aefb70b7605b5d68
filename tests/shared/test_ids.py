"""Ids, and the reference that is read aloud."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import CROCKFORD, new_id, read_reference, reference_of, show_reference


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert {id_.version for id_ in made} == {7}


@given(st.uuids())
def test_a_reference_is_eight_characters_that_nobody_mishears(contact_id: UUID) -> None:
    reference = reference_of(contact_id)
    assert len(reference) == 8
    assert set(reference) <= set(CROCKFORD)
    assert reference == reference_of(contact_id)


@pytest.mark.parametrize("spoken", ["7F3K-9QTX", "7f3k 9qtx", "7F3K9QTX", " 7f3k-9qtx "])
def test_a_reference_is_understood_however_it_is_typed(spoken: str) -> None:
    assert read_reference(spoken) == "7F3K9QTX"
    assert show_reference(read_reference(spoken)) == "7F3K-9QTX"


def test_letters_that_look_like_digits_are_forgiven() -> None:
    assert read_reference("iLo0-1111") == "11001111"


@pytest.mark.parametrize(
    ("contact_id", "reference"),
    [
        ("00000000-0000-0000-0000-000000000000", "6X3GHZZQ"),
        ("01890a5d-ac96-774b-bcce-b302099a8057", "JVWBAYGW"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "BB3AB52Z"),
    ],
)
def test_the_reference_of_an_id_never_changes(contact_id: str, reference: str) -> None:
    """It is on letters and in notes; the first 40 bits of the id's SHA-256 in Crockford's base 32."""
    assert reference_of(UUID(contact_id)) == reference
