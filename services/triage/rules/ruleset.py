"""A rule set as it is written in its file: dated, versioned rows in order, with the Danish texts.

Nothing here depends on a particular row. `rulebook` compiles a rule set.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from services.triage.rules.clocks import ClockRule
from services.triage.rules.conditions import Condition
from services.triage.rules.duty import CareWarning, Duty, OtherAdministration
from services.triage.strict import Strict
from shared.contracts import OpenFact
from shared.vocabulary import Administration, DestinationKind, Need, Unit, Urgency

RULESETS_FOLDER = Path(__file__).parents[1] / "data" / "rulesets"

#: Short and without special characters, because a version is part of URL paths.
Version = Annotated[str, StringConstraints(pattern=r"^[0-9a-z][0-9a-z._-]{0,19}$")]


class NamedUnit(Strict):
    """A choice of unit that the rule set defines once, by its name."""

    named: str


class AreaOf(Strict):
    """The children's area where the citizen, or the child in the facts, lives."""

    children_area_of: Literal["citizen", "child"]


class ExistingCaseUnitOr(Strict):
    """The unit that has the citizen's case, or this one when none is known; the citizen is not asked."""

    existing_case_unit_or: Unit


class AgeBand(Strict):
    """Up to but not including `below` years; the last band has no end."""

    below: int | None = None
    unit: "UnitChoice"


class ByAge(Strict):
    """The unit of the band that the citizen's age lies in."""

    by_age: tuple[AgeBand, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _every_age(self) -> Self:
        ends = [band.below for band in self.by_age]
        inner = [end for end in ends[:-1] if end is not None]
        if ends[-1] is not None or len(inner) != len(ends) - 1 or inner != sorted(set(inner)):
            raise ValueError("age bands must rise, and only the last one has no end")
        return self


_UNIT_CHOICES: dict[str, type[Strict]] = {
    "named": NamedUnit,
    "children_area_of": AreaOf,
    "existing_case_unit_or": ExistingCaseUnitOr,
    "by_age": ByAge,
}
_UNIT_KEYS = {choice: key for key, choice in _UNIT_CHOICES.items()}


def _choice_key(choice: Any) -> str:
    if isinstance(choice, dict):
        return next((key for key in _UNIT_CHOICES if key in choice), "code")
    return _UNIT_KEYS.get(type(choice), "code")


UnitChoice = Annotated[
    Annotated[Unit, Tag("code")]
    | Annotated[NamedUnit, Tag("named")]
    | Annotated[AreaOf, Tag("children_area_of")]
    | Annotated[ExistingCaseUnitOr, Tag("existing_case_unit_or")]
    | Annotated[ByAge, Tag("by_age")],
    Discriminator(_choice_key),
]


class DestinationChoice(Strict):
    """One possible destination of a row: the first whose `when` holds is taken; the last has no `when`."""

    when: Condition | None = None
    kind: DestinationKind
    unit: UnitChoice = Unit.RECEPTION
    administration: Administration | None = None
    reason: str | None = None


class UrgencyWhen(Strict):
    urgency: Urgency
    when: Condition | None = None


class ClockWhen(Strict):
    clock: str
    when: Condition | None = None


class WarningWhen(Strict):
    warning: CareWarning
    when: Condition | None = None


class Note(Strict):
    """A further sentence for the staff, and when it is given."""

    text: str
    when: Condition


class Companion(Strict):
    """Further contacts for children at risk; `as_row` is the number of the row that they are decided by.

    `children`: one for `every` child, or for the `further` ones when the contact itself is that of the first.
    Where no child is described, it is the citizen, or when the citizen is of age a child not known yet.
    """

    as_row: int = Field(ge=1)
    reason: str
    children: Literal["every", "further"] = "every"
    when: Condition | None = None


class Row(Strict):
    """One row of the table. A row without a destination decides nothing, and only adds a companion.

    The first row that holds decides. Rows of the same `rank` are equals: the proof demands that their order
    does not matter (`proving`). Without a rank, a row ranks by its number.
    """

    number: int = Field(ge=1)
    rank: int | None = Field(None, ge=1)
    title: str
    source: str
    when: Condition
    reason: str | None = None
    destination: tuple[DestinationChoice, ...] = ()
    urgency: tuple[UrgencyWhen, ...] = ()
    clocks: tuple[ClockWhen, ...] = ()
    warnings: tuple[WarningWhen, ...] = ()
    notes: tuple[Note, ...] = ()
    companion: Companion | None = None
    offers: Literal["none", "fitting", "low_threshold", "self_referral"] = "none"
    step: Literal["none", "needs"] = "none"
    kle_need: Need | None = None

    @property
    def effective_rank(self) -> int:
        """The row's rank, its number where none is given."""
        return self.number if self.rank is None else self.rank

    @model_validator(mode="after")
    def _always_somewhere(self) -> Self:
        if self.destination and (self.destination[-1].when is not None or self.reason is None):
            raise ValueError("a deciding row needs a reason and a last destination without condition")
        if not self.destination and self.companion is None:
            raise ValueError("a row must decide, or add a companion")
        return self


class RuleSet(Strict):
    """A whole rule set, for contacts received in Copenhagen from `valid_from` until the next one applies.

    `rows` say where a contact goes, `duties` what is owed. In a rule set without duties, which are those made
    before there were any, each row has its own urgency, clocks and warnings.
    """

    version: Version
    title: str = Field(min_length=1, max_length=200)
    valid_from: date
    questions: dict[OpenFact, str]
    texts: dict[str, str]
    clocks: dict[str, ClockRule]
    definitions: dict[str, Condition] = Field({})
    units: dict[str, UnitChoice] = Field({})
    administrations: tuple[OtherAdministration, ...] = ()
    rows: tuple[Row, ...] = Field(min_length=1)
    duties: tuple[Duty, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if [row.number for row in self.rows] != list(range(1, len(self.rows) + 1)):
            raise ValueError("rows must be numbered 1, 2, 3, ... in their order")
        ranks = [row.effective_rank for row in self.rows]
        if ranks != sorted(ranks):
            raise ValueError(
                "ranks must not fall: equal rows stand together, with the first one's number as rank"
            )
        for row in self.rows:
            for timed in row.clocks:
                if timed.clock not in self.clocks:
                    raise ValueError(f"row {row.number} names a clock that is not defined: {timed.clock}")
            if row.companion is not None and row.companion.as_row > len(self.rows):
                raise ValueError(f"row {row.number} names a row that is not there: {row.companion.as_row}")
        return self

    @model_validator(mode="after")
    def _two_tables(self) -> Self:
        for row in self.rows if self.duties else ():
            if row.urgency or row.clocks or row.warnings:
                raise ValueError(
                    f"row {row.number} has an urgency, clocks or warnings: with duties, only these have them"
                )
        codes = [duty.code for duty in self.duties]
        for duty in self.duties:
            if codes.count(duty.code) > 1:
                raise ValueError(f"there are two duties with the code {duty.code}")
            for clock in duty.named_clocks:
                if clock not in self.clocks:
                    raise ValueError(f"the duty {duty.code} names a clock that is not defined: {clock}")
        return self


def load_ruleset(path: Path) -> RuleSet:
    """Read one rule set file. Raises pydantic.ValidationError with the place of each fault."""
    return RuleSet.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def load_rulesets(folder: Path = RULESETS_FOLDER) -> tuple[RuleSet, ...]:
    """Every rule set in the folder (files named by their version number), oldest first."""
    found = [load_ruleset(path) for path in folder.glob("[0-9]*.yaml")]
    return tuple(sorted(found, key=lambda ruleset: (ruleset.valid_from, ruleset.version)))


def source_of(version: str, folder: Path = RULESETS_FOLDER) -> str:
    """The text of a rule set file, with its comments."""
    return (folder / f"{version}.yaml").read_text(encoding="utf-8")


def ruleset_for(rulesets: tuple[RuleSet, ...], day: date) -> RuleSet:
    """The rule set that applied on that day; before the first one began, the first."""
    begun = [ruleset for ruleset in rulesets if ruleset.valid_from <= day]
    return (begun or list(rulesets[:1]))[-1]
