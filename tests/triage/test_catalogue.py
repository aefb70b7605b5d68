"""The catalogue of offers: which are open, whom they take and in which order they are named."""

from datetime import UTC, date, datetime
from uuid import NAMESPACE_OID, uuid5

from services.triage.catalogue.offers.offer import Catalogue, Offer, load_offers
from tests.triage.triaging import offers, place, triage


def offer(name: str, **parts: object) -> Offer:
    given = {
        "id": uuid5(NAMESPACE_OID, name),
        "name": name,
        "organization": "Foreningen",
        "description": "Et tilbud",
        "kind": "low_threshold",
        "needs": ["loneliness"],
        "step": "1",
        **parts,
    }
    return Offer.model_validate(given)


def test_the_named_offers_are_all_there() -> None:
    names = {offer.name for offer in load_offers()}
    assert {"Autismehuset", "ROBUS", "U-Turn", "Gældsrådgivning", "Boligrådgivere"} <= names
    assert {"Herberg", "Krisecenter", "Alkoholbehandling", "Aktivitets- og samværstilbud"} <= names
    outpatient = next(offer for offer in load_offers() if offer.name == "Ambulante rusmiddeltilbud")
    assert outpatient.capacity is not None
    assert outpatient.capacity.sites == 13


def test_an_offer_holds_from_its_first_day_to_its_last() -> None:
    summer = offer("Sommer", valid_from="2026-06-01", valid_to="2026-08-31")
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 1)]
    assert [summer.is_open_on(day) for day in days] == [False, True, True, False]


def test_without_an_open_offer_the_authority_takes_the_need() -> None:
    closed = Catalogue([offer("Café", open=False)])
    answer = triage("loneliness", age=40, district=1, catalogue=closed)
    assert place(answer) == "unit:adults"


def test_an_offer_that_ends_takes_nobody_the_day_after() -> None:
    ending = Catalogue([offer("Café", valid_to="2026-06-30")])
    last = datetime(2026, 6, 30, 21, 59, tzinfo=UTC)
    after = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)
    assert place(triage("loneliness", age=40, district=1, catalogue=ending, received_at=last)) == (
        "low_threshold:reception"
    )
    assert place(triage("loneliness", age=40, district=1, catalogue=ending, received_at=after)) == (
        "unit:adults"
    )


def test_an_offer_for_other_ages_is_no_offer_for_this_citizen() -> None:
    for_the_old = Catalogue([offer("Seniorcafé", ages={"from": 65})])
    assert place(triage("loneliness", age=64, district=1, catalogue=for_the_old)) == "unit:adults"
    assert place(triage("loneliness", age=65, district=1, catalogue=for_the_old)) == "low_threshold:reception"


def test_the_lowest_step_comes_first_then_the_most_needs_then_the_narrowest_ages() -> None:
    catalogue = Catalogue(
        [
            offer("Trin to", step="2"),
            offer("Alle aldre"),
            offer("De unge", ages={"from": 18, "to": 30}),
            offer("Begge behov", needs=["loneliness", "mental_distress"]),
        ]
    )
    answer = triage("loneliness", "mental_distress", age=25, district=1, catalogue=catalogue)
    assert offers(answer) == ["Begge behov", "De unge", "Alle aldre", "Trin to"]


def test_the_whole_city_has_an_offer_for_lonely_people_of_any_age() -> None:
    for age in (0, 17, 18, 100):
        assert place(triage("loneliness", age=age, district=1)) == "low_threshold:reception"


def test_offers_for_what_decided_come_before_offers_for_the_rest() -> None:
    answer = triage("drug_treatment", "autism", age=16, district=3)
    assert offers(answer) == ["U-Turn", "Autismehuset"]


def test_an_unknown_age_gets_every_offer_that_some_age_would_get() -> None:
    answer = triage("mental_distress", district=3)
    assert (place(answer), set(offers(answer))) == (
        "low_threshold:reception",
        {"Lettilgængeligt tilbud til børn og unge i mistrivsel", "Civilsamfundets rådgivningstilbud"},
    )


def test_offers_for_some_ages_are_not_named_while_the_age_still_decides_the_place() -> None:
    answer = triage("self_harm", district=3)
    assert (place(answer), offers(answer)) == ("ask:reception", [])


def test_alcohol_treatment_names_a_place_at_every_age() -> None:
    for age in (None, 15, 18, 70):
        assert offers(triage("alcohol_treatment", age=age)) == ["Alkoholbehandling"]
