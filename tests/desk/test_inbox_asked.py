"""A filter in an address: what is asked for comes back as it was, and what nobody knows is left out."""

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from services.desk.inbox.filters import Asked, read_asked
from services.desk.wording import person_text
from shared.vocabulary import Channel, Urgency

_TEXT = st.text("abc019_", min_size=1, max_size=12)
_ASKED = st.builds(
    Asked,
    mine=st.booleans(),
    late=st.booleans(),
    urgency=st.none() | st.sampled_from(Urgency),
    channel=st.none() | st.sampled_from(Channel),
    rule=st.none() | _TEXT,
    reference=st.none() | st.text("ABC019-", min_size=1, max_size=9),
    cursor=st.none() | _TEXT,
)


@given(_ASKED)
def test_a_link_leads_to_the_same_view(asked: Asked) -> None:
    assert read_asked(dict(parse_qsl(asked.query))) == asked


@given(_ASKED, st.dictionaries(st.sampled_from(["urgency", "channel", "rule", "cursor", "x"]), st.just("%/")))
def test_what_nobody_knows_is_left_out_and_the_rest_holds(asked: Asked, odd: dict[str, str]) -> None:
    known = {name: value for name, value in parse_qsl(asked.query) if name not in odd}
    assert read_asked({**dict(parse_qsl(asked.query)), **odd}) == read_asked(known)


def test_the_next_page_is_of_the_same_view_and_the_first_has_no_cursor() -> None:
    asked = Asked(mine=True, cursor="abc")
    assert asked.page("def") == "mine=true&cursor=def"
    assert asked.page(None) == "mine=true"
    assert asked.is_filter
    assert not Asked(cursor="abc").is_filter


def test_people_are_called_what_colleagues_call_them() -> None:
    assert person_text("dev-caseworker-bo-berg", "dev-caseworker-alma") == "Bo Berg"
    assert person_text("alma", "alma") == "dig"
    assert person_text("a81f", "alma") == "a81f"
    assert person_text(None, "alma") == "–"
