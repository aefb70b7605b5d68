"""Which offers fit somebody, in which order, and the reasons in Danish."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.triage.catalogue.offers.matching import FittingOffer, NearMiss, Seeker, match
from services.triage.catalogue.offers.offer import Catalogue, Offer
from shared.city.needs import STEPS
from shared.vocabulary import Need, Role
from tests.bench import Bench
from tests.triage.test_catalogue import offer
from tests.triage.triaging import ADVISER, offers, place, triage

VOCABULARY = ADVISER.vocabulary
#: A Tuesday morning at ten in Copenhagen.
TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
WEEKDAYS = {"days": [0, 1, 2, 3, 4], "opens": "09:00", "closes": "16:00"}


def seeker(**known: Any) -> Seeker:
    given = {"needs": {Need.LONELINESS}, "age": 34, "districts": {3}, "language": None, **known}
    for name in ("needs", "districts"):
        given[name] = None if given[name] is None else frozenset(given[name])
    return Seeker(at=TUESDAY, **given)


def found(*all_offers: Offer, **known: Any) -> tuple[list[FittingOffer], list[NearMiss]]:
    return match(all_offers, seeker(**known), VOCABULARY)


def why(one: Offer, **known: Any) -> str:
    fitting, close = found(one, **known)
    assert close == []
    return fitting[0].why


def why_not(one: Offer, **known: Any) -> list[str]:
    fitting, close = found(one, **known)
    assert fitting == []
    return [misfit.text for misfit in close[0].why_not]


def test_what_speaks_for_an_offer_is_named_fact_by_fact() -> None:
    cafe = offer(
        "Café",
        ages={"from": 18},
        districts=[3, 5],
        languages=["da", "ar"],
        capacity={"available": 3, "waiting": 2},
        hours=[WEEKDAYS],
    )
    assert why(cafe, language="ar") == (
        "Det dækker: ensomhed, netværk. Det er for borgere fra 18 år. "
        "Trin 1 på indsatstrappen: råd og tidlig hjælp. Det er kun for Nørrebro, Valby. "
        "Der er 3 ledige pladser. 2 står på venteliste. Der tales arabisk. Der er åbent nu, til kl. 16.00."
    )


def test_what_is_not_known_turns_nobody_away() -> None:
    bare = offer("Café")
    fitting, _ = found(bare, age=None, districts=None, language="tr")
    assert (fitting[0].open_now, "ledig" in fitting[0].why) == (None, False)
    assert "Det er ikke oplyst, om der tales tyrkisk." in fitting[0].why
    assert found(offer("Valby", districts=[5]), districts=None)[0]


def test_all_that_speaks_against_an_offer_is_named() -> None:
    assert why_not(offer("Ung", ages={"to": 17})) == [
        "Tilbuddet er for borgere til og med 17 år, og borgeren er 34 år."
    ]
    assert why_not(offer("Valby", districts=[5])) == ["Tilbuddet er kun for Valby."]
    assert why_not(offer("Roskilde", districts=[]), districts=None) == [
        "Tilbuddet er kun for et område, som ikke er en af byens bydele."
    ]
    assert why_not(offer("Dansk", languages=["da"]), language="xx") == [
        "Det er ikke oplyst, at der tales xx, kun dansk."
    ]
    assert why_not(offer("Slut", valid_to="2026-03-09")) == ["Tilbuddet sluttede den 9.3.2026."]
    assert why_not(offer("Snart", valid_from="2026-03-11")) == ["Tilbuddet begynder først den 11.3.2026."]
    closed_and_young = offer("Lukket", open=False, ages={"to": 17})
    assert len(why_not(closed_and_young)) == 2


def test_the_lowest_step_comes_first_whatever_else_speaks_for_another() -> None:
    full = offer("Trin et, fuldt", capacity={"available": 0}, hours=[{**WEEKDAYS, "days": [5]}])
    roomy = offer("Trin to", step="2", needs=["loneliness", "debt"], capacity={"available": 9})
    fitting, _ = found(roomy, full, needs={Need.LONELINESS, Need.DEBT})
    assert [each.offer.name for each in fitting] == ["Trin et, fuldt", "Trin to"]


def test_among_equals_the_language_then_room_then_open_doors_come_first() -> None:
    ordered = [
        offer("Arabisk", languages=["ar"], capacity={"available": 0}),
        offer("Åben", hours=[WEEKDAYS]),
        offer("Lukket nu", hours=[{**WEEKDAYS, "opens": "12:00"}]),
        offer("Fuldt", capacity={"available": 0}),
    ]
    fitting, _ = found(*reversed(ordered), language="ar")
    assert [each.offer.name for each in fitting] == [each.name for each in ordered]


def test_hours_are_copenhagens_unless_they_say_otherwise_and_the_last_minute_is_closed() -> None:
    local = offer("Café", hours=[WEEKDAYS])
    summer = datetime(2026, 7, 14, 7, 0, tzinfo=UTC)
    assert local.closes_at(summer) == "16.00"
    assert local.closes_at(datetime(2026, 3, 10, 7, 59, tzinfo=UTC)) is None
    assert local.closes_at(datetime(2026, 3, 10, 15, 0, tzinfo=UTC)) is None
    assert local.closes_at(datetime(2026, 3, 14, 10, 0, tzinfo=UTC)) is None
    in_utc = offer("UTC", hours=[{**WEEKDAYS, "opens": "09:00Z", "closes": "16:00Z"}])
    assert in_utc.closes_at(datetime(2026, 3, 10, 15, 30, tzinfo=UTC)) == "16.00"
    for_a_month = offer("Marts", hours=[{**WEEKDAYS, "valid_to": "2026-03-31"}])
    assert for_a_month.closes_at(datetime(2026, 4, 7, 9, 0, tzinfo=UTC)) is None


def test_a_shelter_is_open_until_the_next_morning() -> None:
    shelter = offer("Herberg", hours=[{"days": [0], "opens": "21:00", "closes": "09:00"}])
    monday, tuesday = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)
    assert shelter.closes_at(monday.replace(hour=19, minute=59)) is None
    assert shelter.closes_at(monday.replace(hour=20)) == "09.00"
    assert shelter.closes_at(tuesday.replace(hour=7, minute=59)) == "09.00"
    assert shelter.closes_at(tuesday.replace(hour=8)) is None
    assert shelter.closes_at(tuesday.replace(hour=20)) is None


def test_an_offer_for_some_bydele_is_suggested_there_and_settles_no_destination() -> None:
    only_valby = Catalogue([offer("Valby", districts=[5])])
    for district in (1, 5):
        assert place(triage("loneliness", age=40, district=district, catalogue=only_valby)) == "unit:adults"
    both = Catalogue([offer("Valby", districts=[5]), offer("Alle")])
    assert offers(triage("loneliness", age=40, district=5, catalogue=both)) == ["Alle", "Valby"]
    assert offers(triage("loneliness", age=40, district=1, catalogue=both)) == ["Alle"]


def test_a_recommendation_names_the_room_of_an_offer() -> None:
    full = Catalogue([offer("Café", capacity={"available": 0, "waiting": 4})])
    answer = triage("loneliness", age=40, district=1, catalogue=full)
    assert place(answer) == "low_threshold:reception"
    assert answer.offers[0].why.endswith("Der er ingen ledige pladser lige nu. 4 står på venteliste.")


OFFERS = st.builds(
    offer,
    st.sampled_from(["A", "B", "C", "D", "E", "F"]),
    needs=st.lists(st.sampled_from(["loneliness", "debt", "autism"]), max_size=3, unique=True),
    step=st.sampled_from(STEPS),
    open=st.booleans(),
    districts=st.none() | st.lists(st.integers(1, 10), max_size=3, unique=True),
    languages=st.lists(st.sampled_from(["da", "en", "ar"]), max_size=2, unique=True),
    capacity=st.none() | st.fixed_dictionaries({"available": st.integers(0, 2)}),
    ages=st.sampled_from([{}, {"from": 18}, {"to": 17}, {"from": 18, "to": 30}]),
)


@given(
    st.lists(OFFERS, max_size=6, unique_by=lambda each: each.name),
    st.none() | st.integers(0, 130),
    st.none() | st.sampled_from(["da", "ar", "tr"]),
)
def test_every_offer_that_meets_a_need_fits_or_has_reasons_why_not(
    all_offers: list[Offer], age: int | None, language: str | None
) -> None:
    fitting, close = found(
        *all_offers, needs={Need.LONELINESS, Need.DEBT}, age=age, language=language, districts={1, 2}
    )
    named = sorted([each.offer.name for each in fitting] + [each.offer.name for each in close])
    assert named == sorted(o.name for o in all_offers if {"loneliness", "debt"} & set(o.needs))
    steps = [STEPS.index(each.offer.step) for each in fitting]
    assert steps == sorted(steps)
    assert all(each.why_not for each in close)


@given(st.lists(OFFERS, max_size=6, unique_by=lambda each: each.name), st.integers(0, 130))
def test_room_languages_and_hours_settle_no_destination(all_offers: list[Offer], age: int) -> None:
    bare = [each.model_copy(update={"capacity": None, "languages": (), "hours": ()}) for each in all_offers]
    with_them = triage("loneliness", age=age, district=1, catalogue=Catalogue(all_offers))
    without = triage("loneliness", age=age, district=1, catalogue=Catalogue(bare))
    assert place(with_them) == place(without)
    assert set(offers(with_them)) == set(offers(without))


async def test_offers_are_matched_over_http(triage_service: Bench) -> None:
    client = triage_service.client(Role.RECEPTION)
    body = {"facts": {"needs": ["debt", "autism"], "age": 15, "postal_code": "2200"}, "language": "en"}
    answer = (await client.post("/v1/offers/match", json=body)).json()
    assert [(each["name"], each["needs_met"]) for each in answer["fitting"]] == [("Autismehuset", ["autism"])]
    assert "Der tales engelsk." in answer["fitting"][0]["why"]
    assert answer["fitting"][0]["open_now"] is True
    assert [(each["name"], each["why_not"][0]["fact"]) for each in answer["close"]] == [
        ("Gældsrådgivning", "age")
    ]
    assert (await client.post("/v1/offers/match", json={**body, "language": "engelsk"})).status_code == 422
    assert (
        await triage_service.client(Role.TELEPHONY).post("/v1/offers/match", json=body)
    ).status_code == 403
