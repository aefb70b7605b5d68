"""Which contacts fit a group by their facts, and which rows of a rule set name a unit."""

from collections.abc import Collection, Iterator
from typing import Protocol

from services.triage.rules.ruleset import (
    AreaOf,
    ByAge,
    ExistingCaseUnitOr,
    NamedUnit,
    Row,
    RuleSet,
    UnitChoice,
)
from shared.city.places import Geography
from shared.contracts import ChildAtRisk, Facts
from shared.vocabulary import DestinationKind


class Ages(Protocol):
    """Ages in whole years, both ends included."""

    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...


class Group(Protocol):
    """What contacts of a group have in common; an empty part says nothing."""

    @property
    def districts(self) -> Collection[int]: ...
    @property
    def ages(self) -> Ages | None: ...
    @property
    def needs(self) -> Collection[str]: ...


def fits(facts: Facts, group: Group, geography: Geography) -> bool:
    """Whether the facts certainly fit: an unknown age or place fits no group that asks for it.

    A child at risk who is somebody else than the citizen counts by the child's own place and age.
    """
    child = _first_child(facts)
    age = facts.age if child is None else child.age
    in_age = group.ages is None or (age is not None and group.ages.first <= age <= group.ages.last)
    in_need = not group.needs or not facts.needs.isdisjoint(group.needs)
    return in_age and in_need and (not group.districts or _lives_in(facts, group, geography))


def _first_child(facts: Facts) -> ChildAtRisk | None:
    """The child that the facts describe, or the first; further ones have contacts of their own."""
    return next(iter(facts.children_elsewhere), None)


def _lives_in(facts: Facts, group: Group, geography: Geography) -> bool:
    child = _first_child(facts)
    district, postcode = (None, None) if child is None else (child.district, child.postal_code)
    if district is None and postcode is None:
        district, postcode = facts.district, facts.postal_code
    if district is not None:
        return district in group.districts
    locality = geography.locality(postcode)
    return (
        postcode is not None and locality.inside is True and set(locality.districts) <= set(group.districts)
    )


def rows_naming(ruleset: RuleSet, unit: str, geography: Geography) -> Iterator[Row]:
    """The rows that can send a contact to the unit, by its code or because it has the area of a district."""
    has_an_area = unit in geography.area_of.values()
    for row in ruleset.rows:
        # Any other kind of destination stays with the reception, which is not what the row is about.
        units = [choice.unit for choice in row.destination if choice.kind is DestinationKind.UNIT]
        if any(_names(choice, unit, ruleset, has_an_area=has_an_area) for choice in units):
            yield row


def _names(choice: UnitChoice, unit: str, ruleset: RuleSet, *, has_an_area: bool) -> bool:
    match choice:
        case NamedUnit():
            return _names(ruleset.units[choice.named], unit, ruleset, has_an_area=has_an_area)
        case AreaOf():
            return has_an_area
        case ExistingCaseUnitOr():
            return choice.existing_case_unit_or == unit
        case ByAge():
            return any(_names(band.unit, unit, ruleset, has_an_area=has_an_area) for band in choice.by_age)
    return choice == unit
