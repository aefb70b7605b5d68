"""The example city's offers, in HSDS form, loaded where there are none yet."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from services.triage.catalogue.city_terms import ACCESS, NEEDS, STAIR, CityTerms, term_id
from services.triage.catalogue.offer_form import in_city_form
from services.triage.catalogue.offers.offer import OFFERS_FILE, Offer, load_offers
from services.triage.catalogue.offers.texts import district_names, load_texts
from services.triage.catalogue.organizations.repository import put_organization
from services.triage.catalogue.repository import has_offers
from services.triage.catalogue.schemas import Organization, Service
from services.triage.catalogue.services.repository import put_service
from shared.city.current import city
from shared.unit_of_work import UnitOfWork

_ORGANIZATIONS = uuid5(NAMESPACE_URL, "urn:dsi:example:organizations")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


async def load_example(work: UnitOfWork) -> None:
    """Store the offers of `example/offers.yaml`, unless there is a catalogue already."""
    if await has_offers(work.session):
        return
    now, terms = work.clock.now(), CityTerms(city().needs, load_texts())
    organizations = {organization.id: organization for organization in example_organizations()}
    stored = {"version": 1, "modified_at": now}
    for organization in organizations.values():
        await put_organization(work.session, organization, source=None, **stored)
    for service in example_services(now):
        name = organizations[service.organization_key or service.id].name
        await put_service(work.session, in_city_form(service, terms), name, None, **stored)


def organization_id(name: str) -> UUID:
    """The id of an organisation of the example."""
    return uuid5(_ORGANIZATIONS, name)


def example_organizations() -> list[Organization]:
    """The organisations that the example's offers belong to."""
    read = yaml.safe_load(OFFERS_FILE.read_text(encoding="utf-8"))
    return [
        Organization.model_validate({"id": organization_id(each["name"]), **each})
        for each in read["organizations"]
    ]


def example_services(now: datetime) -> list[Service]:
    """The example's offers in HSDS form."""
    read = yaml.safe_load(OFFERS_FILE.read_text(encoding="utf-8"))["offers"]
    places = {UUID(each["id"]): each.get("place") for each in read}
    return [service_of(offer, places[offer.id], now) for offer in load_offers()]


def service_of(offer: Offer, place: dict[str, Any] | None, now: datetime) -> Service:
    """One offer of the file, with the place where it is."""
    id_ = offer.id
    terms = [term_id(NEEDS, need) for need in offer.needs]
    terms += [term_id(STAIR, offer.step), term_id(ACCESS, offer.kind)]
    return Service.model_validate(
        {
            "id": id_,
            "organization_id": organization_id(offer.organization),
            "name": offer.name,
            "description": offer.description,
            "status": "active" if offer.open else "inactive",
            "minimum_age": float(offer.ages.first) if offer.ages.first else None,
            "maximum_age": float(offer.ages.last) if offer.ages.last < 130 else None,
            "valid_from": offer.valid_from,
            "valid_to": offer.valid_to,
            "alert": offer.capacity.note if offer.capacity else None,
            "capacities": _capacities(offer, now),
            "attributes": [{"id": uuid5(id_, str(term)), "taxonomy_term_id": term} for term in terms],
            "languages": [_language(id_, code) for code in offer.languages],
            "schedules": _schedules(offer, id_),
            "service_areas": [_area(id_, number) for number in offer.districts or ()],
            "service_at_locations": [_at(id_, place)] if place else [],
        }
    )


def _capacities(offer: Offer, now: datetime) -> list[dict[str, Any]]:
    sites = offer.capacity.sites if offer.capacity else None
    if sites is None:
        return []
    unit = {
        "id": uuid5(_ORGANIZATIONS, "site"),
        "name": "Tilbudssteder",
        "scheme": "dsi",
        "identifier": "site",
    }
    return [{"id": uuid5(offer.id, "sites"), "unit": unit, "available": sites, "updated": now}]


def _language(of: UUID, code: str) -> dict[str, Any]:
    return {
        "id": uuid5(of, f"language/{code}"),
        "code": code,
        "name": load_texts().languages[code].capitalize(),
    }


def _area(of: UUID, number: int) -> dict[str, Any]:
    name = district_names()[number]
    return {"id": uuid5(of, f"district/{number}"), "name": name, "uri": f"urn:dsi:district:{number}"}


def _schedules(offer: Offer, of: UUID) -> list[dict[str, Any]]:
    return [
        {
            "id": uuid5(of, f"hours/{number}"),
            "freq": "WEEKLY",
            "byday": ",".join(_DAYS[day] for day in hours.days),
            "opens_at": hours.opens.strftime("%H:%M"),
            "closes_at": hours.closes.strftime("%H:%M"),
            "notes": "Eksempel: kilderne nævner ingen åbningstider",
        }
        for number, hours in enumerate(offer.hours)
    ]


def _at(of: UUID, place: dict[str, Any]) -> dict[str, Any]:
    location, address = uuid5(of, "location"), uuid5(of, "address")
    fixed = {"state_province": "Hovedstaden", "country": "DK", "address_type": "physical"}
    phones = (
        [{"id": uuid5(of, "phone"), "number": place["phone"], "type": "voice"}] if "phone" in place else []
    )
    return {
        "id": uuid5(of, "place"),
        "location_id": location,
        "phones": phones,
        "location": {
            "id": location,
            "location_type": "physical",
            "name": place["name"],
            "description": place.get("note"),
            "latitude": place.get("latitude"),
            "longitude": place.get("longitude"),
            "addresses": [
                {
                    "id": address,
                    "address_1": place["address"],
                    "city": place["city"],
                    "postal_code": place["postal_code"],
                    **fixed,
                }
            ],
        },
    }
