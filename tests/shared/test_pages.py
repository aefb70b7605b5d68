"""Cursors, ETags and what is refused about them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.etags import etag, require_version
from shared.ids import new_id
from shared.paging import decode_cursor, encode_cursor, split_page
from shared.problems import InvalidCursor, StaleVersion, VersionRequired


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_leads_back_to_its_place(at: datetime, id_: object) -> None:
    found = decode_cursor(encode_cursor(at, id_))  # type: ignore[arg-type]  # hypothesis' UUIDs
    assert found is not None
    assert (found.at, found.id) == (at, id_)


@given(st.text(max_size=60))
def test_any_other_text_is_refused_and_never_an_error(text: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(text)


def test_a_naive_moment_in_a_cursor_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(encode_cursor(datetime(2026, 1, 1), new_id()))  # noqa: DTZ001 -- what is refused


def test_a_moment_that_has_no_name_in_utc_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(encode_cursor(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), new_id()))


def test_no_cursor_means_the_first_page() -> None:
    assert decode_cursor(None) is None


@pytest.mark.parametrize(
    ("rows", "page", "last"), [([1, 2, 3], [1, 2], 2), ([1, 2], [1, 2], None), ([], [], None)]
)
def test_one_row_more_than_the_limit_means_another_page(
    rows: list[int], page: list[int], last: int | None
) -> None:
    assert split_page(rows, 2) == (page, last)


def test_the_version_that_was_read_may_be_changed() -> None:
    require_version(etag(3), 3)
    require_version('"2", "3"', 3)


def test_a_change_without_a_version_is_refused() -> None:
    with pytest.raises(VersionRequired):
        require_version(None, 3)


@pytest.mark.parametrize("named", ['"2"', "3", '"33"', ""])
def test_a_stale_version_is_refused_with_the_current_one(named: str) -> None:
    with pytest.raises(StaleVersion) as refused:
        require_version(named, 3)
    assert refused.value.headers["ETag"] == '"3"'
