"""A filter in an address: it is read as it was written, and values that do not exist are left out."""

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from services.desk.inbox.filters import InboxFilter, filter_in
from services.desk.wording import person_text
from shared.vocabulary import Channel, Urgency

_TEXT = st.text("abc019_", min_size=1, max_size=12)
_FILTERS = st.builds(
    InboxFilter,
    mine=st.booleans(),
    late=st.booleans(),
    urgency=st.none() | st.sampled_from(Urgency),
    channel=st.none() | st.sampled_from(Channel),
    rule=st.none() | _TEXT,
    reference=st.none() | st.text("ABC019-", min_size=1, max_size=9),
    cursor=st.none() | _TEXT,
)


@given(_FILTERS)
def test_a_link_leads_to_the_same_view(wanted: InboxFilter) -> None:
    assert filter_in(dict(parse_qsl(wanted.query))) == wanted


@given(
    _FILTERS, st.dictionaries(st.sampled_from(["urgency", "channel", "rule", "cursor", "x"]), st.just("%/"))
)
def test_values_that_do_not_exist_are_left_out_and_the_others_are_read(
    wanted: InboxFilter, odd: dict[str, str]
) -> None:
    known = {name: value for name, value in parse_qsl(wanted.query) if name not in odd}
    assert filter_in({**dict(parse_qsl(wanted.query)), **odd}) == filter_in(known)


def test_the_next_page_is_of_the_same_view_and_the_first_has_no_cursor() -> None:
    wanted = InboxFilter(mine=True, cursor="abc")
    assert wanted.page("def") == "mine=true&cursor=def"
    assert wanted.page(None) == "mine=true"
    assert wanted.is_filter
    assert not InboxFilter(cursor="abc").is_filter


def test_people_are_called_what_colleagues_call_them() -> None:
    assert person_text("dev-caseworker-bo-berg", "dev-caseworker-alma") == "Bo Berg"
    assert person_text("alma", "alma") == "dig"
    assert person_text("a81f", "alma") == "a81f"
    assert person_text(None, "alma") == "–"
