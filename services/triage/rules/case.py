"""One contact's facts as the rules read them: plain values, with derived facts such as the area filled in."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from shared.city.places import Geography, Locality
from shared.contracts import Facts
from shared.vocabulary import Channel, Need, Unit

#: Each need is one bit, so that a set of needs is one number and a test of it one instruction.
NEED_BITS: dict[Need, int] = {need: 1 << position for position, need in enumerate(Need)}

#: From this age a person is no longer a child (værgemålsloven § 1).
MAJORITY = 18

#: The highest age that a contact can have.
OLDEST = 130

#: In place of a district: the child lives outside the municipality.
ELSEWHERE = 0

#: Facts that are derived from another one, and the one a person is asked for instead.
DERIVED_FACTS = {
    "area": "district",
    "child_area": "child_district",
    "child_in_municipality": "child_district",
    "another_child": "children",
    "further_children": "children",
}


def needs_mask(needs: Sequence[Need] | frozenset[Need]) -> int:
    """The needs as one number."""
    mask = 0
    for need in needs:
        mask |= NEED_BITS[need]
    return mask


@lru_cache(maxsize=4096)
def needs_of(mask: int) -> tuple[Need, ...]:
    """The needs of such a number, in the vocabulary's order."""
    return tuple(need for need, bit in NEED_BITS.items() if mask & bit)


@dataclass(slots=True)
class Case:
    """The facts of one contact. None means unknown.

    `covered` is for each age the needs (as bits) that an open low-threshold offer meets. `children` is how
    many children at risk the facts list; those of the first are `child_age`, `child_district` and
    `child_postal_code`, as they are where one child is given the short way. `another_child` is whether any
    child at risk is described who is somebody else than the citizen, even if nothing is known of that child;
    `further_children` whether there are several.
    """

    geography: Geography
    covered: Sequence[int]
    channel: Channel
    received_on: date
    needs: int
    age: int | None
    district: int | None
    postal_code: str | None
    in_municipality: bool | None
    applies_for_measure: bool | None
    acute_danger: bool
    child_at_risk: bool
    children: int
    child_age: int | None
    child_district: int | None
    child_postal_code: str | None
    suspected_parental_abuse: bool
    honour_related: bool
    reporter_is_professional: bool
    measures_running: bool
    aftercare_running: bool
    existing_case_unit: Unit | None
    anonymous: bool
    cannot_be_known: frozenset[str]
    another_child: bool = field(init=False, default=False)
    further_children: bool = field(init=False, default=False)
    area: Unit | None = field(init=False, default=None)
    child_area: Unit | None = field(init=False, default=None)
    child_in_municipality: bool | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.derive()

    @property
    def locality(self) -> Locality:
        return self.geography.locality(self.postal_code)

    @property
    def child_locality(self) -> Locality:
        return self.geography.locality(self.child_postal_code)

    def answered(self, fact: str, value: object) -> "Case":
        """The same case with this fact known."""
        other = copy(self)
        setattr(other, fact, value)
        other.derive()
        return other

    def possible_districts(self) -> tuple[int, ...]:
        """The citizen's possible districts, as the postcode limits them."""
        return self.locality.districts

    def possible_child_districts(self) -> tuple[int, ...]:
        """The child's possible districts, with ELSEWHERE unless the postcode lies in the municipality."""
        locality = self.child_locality
        return locality.districts if locality.inside else (*locality.districts, ELSEWHERE)

    def derive(self) -> None:
        """Fill in the areas, whether each place is in the municipality, and whether a child is described."""
        self.further_children = self.children > 1
        self.another_child = (
            self.children > 0
            or self.child_age is not None
            or self.child_district is not None
            or self.child_postal_code is not None
        )
        area_of = self.geography.area_of
        if self.district is not None:
            self.in_municipality = True
            self.area = area_of[self.district]
        elif self.postal_code is not None:
            locality = self.locality
            self.area = locality.area
            # A postcode outside settles nothing: a citizen is turned away by kommunekode only.
            if self.in_municipality is None and locality.inside:
                self.in_municipality = True
        if self.child_district is not None:
            self.child_in_municipality = self.child_district != ELSEWHERE
            self.child_area = area_of.get(self.child_district)
        elif self.child_postal_code is not None:
            # Here a postcode outside does settle it: a notification must reach the child's own municipality
            # within 24 hours.
            self.child_in_municipality = self.child_locality.inside
            self.child_area = self.child_locality.area


def case_of(
    facts: Facts, channel: Channel, received_on: date, geography: Geography, covered: Sequence[int]
) -> Case:
    """The case of a contact with these facts; of several children at risk it has the first one's facts."""
    if facts.children:
        first = facts.children[0]
        age, district, postal_code = first.age, first.district, first.postal_code
    else:
        age, district, postal_code = facts.child_age, facts.child_district, facts.child_postal_code
    return Case(
        geography=geography,
        covered=covered,
        channel=channel,
        received_on=received_on,
        needs=needs_mask(facts.needs),
        age=facts.age,
        district=facts.district,
        postal_code=facts.postal_code,
        in_municipality=facts.in_municipality,
        applies_for_measure=facts.applies_for_measure,
        acute_danger=facts.acute_danger,
        child_at_risk=facts.child_at_risk,
        children=len(facts.children or ()),
        child_age=age,
        child_district=district,
        child_postal_code=postal_code,
        suspected_parental_abuse=facts.suspected_parental_abuse,
        honour_related=facts.honour_related,
        reporter_is_professional=facts.reporter_is_professional,
        measures_running=facts.measures_running,
        aftercare_running=facts.aftercare_running,
        existing_case_unit=facts.existing_case_unit,
        anonymous=facts.anonymous,
        cannot_be_known=frozenset(facts.cannot_be_known),
    )
