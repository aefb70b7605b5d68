"""Between the standard and the city: an HSDS service as matching reads it, and as it is stored."""

import math
from collections.abc import Iterable
from datetime import time
from uuid import UUID

from services.triage.catalogue.city_terms import (
    ACCESS,
    NEED_TERMS,
    STEP_TERMS,
    CityTerms,
    city_terms,
    term_id,
)
from services.triage.catalogue.details import Schedule, ServiceArea
from services.triage.catalogue.offers.hours import Hours
from services.triage.catalogue.offers.offer import Ages, Capacity, Offer, OfferKind
from services.triage.catalogue.offers.texts import district_names, load_texts
from services.triage.catalogue.schemas import Attribute, Service
from services.triage.rules.case import OLDEST
from shared.city.needs import STEPS, Step
from shared.vocabulary import Need

_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_DISTRICT = "urn:dsi:district:"
_SELF_REFERRAL = term_id(ACCESS, "self_referral")
#: The field of `Capacity` that a unit of scheme `dsi` counts for, by its identifier.
_UNITS = {"place": "available", "site": "sites", "waiting": "waiting"}


def offer_of(service: Service, organization: str, source: str | None = None) -> Offer:
    """The service as matching sees it.

    Needs, step and the way in are its terms of the city's own taxonomies; without a step it is on the
    lowest, and without a need it is listed but never suggested.
    """
    return Offer(
        id=service.id,
        name=service.name,
        organization=organization,
        description=service.description or "",
        kind=_kind_of(service),
        needs=needs_of(service),
        ages=_ages_of(service),
        step=_step_of(service),
        valid_from=service.valid_from,
        valid_to=service.valid_to,
        open=service.status == "active",
        capacity=capacity_of(service),
        source=source,
        districts=_districts_of(service.service_areas),
        languages=tuple(dict.fromkeys(lang.code.lower() for lang in service.languages if lang.code)),
        hours=_hours_of(service),
    )


def city_term_of(attribute: Attribute) -> UUID | None:
    """The term, by its id or by the name that our terms have everywhere (`urn:dsi:needs:loneliness`)."""
    term = attribute.taxonomy_term
    if term is not None and term.term_uri is not None and term.term_uri.startswith("urn:dsi:"):
        taxonomy, _, code = term.term_uri.removeprefix("urn:dsi:").partition(":")
        return term_id(taxonomy, code)
    return attribute.term_id


def needs_of(service: Service) -> tuple[Need, ...]:
    """The needs that the service meets by its own terms, in the vocabulary's order."""
    terms = {city_term_of(attribute) for attribute in service.attributes}
    return tuple(need for term, need in NEED_TERMS.items() if term in terms)


def _step_of(service: Service) -> Step:
    steps = {STEP_TERMS[t] for a in service.attributes if (t := city_term_of(a)) in STEP_TERMS}
    return min(steps, key=STEPS.index, default="1")


def _kind_of(service: Service) -> OfferKind:
    terms = {city_term_of(attribute) for attribute in service.attributes}
    return "self_referral" if _SELF_REFERRAL in terms else "low_threshold"


def _ages_of(service: Service) -> Ages:
    first = 0 if service.minimum_age is None else math.ceil(service.minimum_age)
    last = OLDEST if service.maximum_age is None else math.floor(service.maximum_age)
    return Ages.model_validate({"from": first, "to": last})


def capacity_of(service: Service) -> Capacity | None:
    """The room that the service has, in the units of scheme `dsi`; of others the meaning is not known."""
    known: dict[str, int | str | None] = {}
    for capacity in service.capacities:
        part = _UNITS.get(capacity.unit.identifier or "") if capacity.unit.scheme == "dsi" else None
        if part is not None:
            known[part] = int(capacity.available)
        if part == "available" and capacity.maximum is not None:
            known["places"] = int(capacity.maximum)
    if service.alert is not None:
        known["note"] = service.alert
    return Capacity.model_validate(known) if known else None


def _districts_of(areas: Iterable[ServiceArea]) -> tuple[int, ...] | None:
    names, found, named = district_names(), set[int](), False
    by_name = {name.casefold(): number for number, name in names.items()}
    whole = {name.casefold() for name in load_texts().whole_city}
    for area in areas:
        named = True
        name = (area.name or "").strip().casefold()
        if name in whole:
            return None
        number = (area.uri or "").removeprefix(_DISTRICT)
        if number.isdecimal() and int(number) in names:
            found.add(int(number))
        elif name in by_name:
            found.add(by_name[name])
    return tuple(sorted(found)) if named else None


def _hours_of(service: Service) -> tuple[Hours, ...]:
    """The service's own hours, or else those of the places where it is."""
    places = [s for place in service.service_at_locations for s in place.schedules]
    read = (_weekly(schedule) for schedule in service.schedules or places)
    return tuple(hours for hours in read if hours is not None)


def _weekly(schedule: Schedule) -> Hours | None:
    days = [_DAYS.get(part.strip().upper()) for part in (schedule.byday or "").split(",")]
    plain = schedule.freq == "WEEKLY" and schedule.interval in (None, 1) and schedule.count is None
    if not plain or None in days or schedule.opens_at is None or schedule.closes_at is None:
        return None
    return Hours(
        days=tuple(day for day in days if day is not None),
        opens=time.fromisoformat(schedule.opens_at),
        closes=time.fromisoformat(schedule.closes_at),
        valid_from=schedule.valid_from or schedule.dtstart,
        valid_to=schedule.valid_to or schedule.until,
    )


def stored_form(service: Service) -> Service:
    """The service as it is stored: its organisation by id, and the city's terms in full."""
    named = service.model_copy(update={"organization_id": service.organization_key, "organization": None})
    return in_city_form(named, city_terms())


def in_city_form(service: Service, terms: CityTerms) -> Service:
    """The service with the city's terms nested whole, and with each need its KLE numbers."""
    named = [city_term_of(attribute) for attribute in service.attributes]
    kle = [number for need in needs_of(service) for number in terms.kle_of(need)]
    # KLE numbers follow from the needs: those that were sent stay only as long as their need does.
    ours = dict.fromkeys(t for t in [*named, *kle] if t in terms.terms and (t in kle or t not in terms.kle))
    others = [a for a, t in zip(service.attributes, named, strict=True) if t not in terms.terms]
    made = [terms.attribute(service.id, term) for term in ours if term is not None]
    return service.model_copy(update={"attributes": [*made, *others]})
