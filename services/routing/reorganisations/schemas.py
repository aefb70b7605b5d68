"""A reorganisation as it is requested, previewed and answered."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.routing.models import ReorganisationMoveRow, ReorganisationRow
from services.routing.reorganisations.plan import MoveState, Plan, ReorganisationState
from shared.free_text import Reason
from shared.ids import read_reference, show_reference

UnitText = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
NeedText = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
#: Contacts by their references, as they are read aloud; 8 characters, with or without the dash.
ReferenceText = Annotated[str, StringConstraints(min_length=8, max_length=12), AfterValidator(read_reference)]
_MOST_RULES = 50
_MOST_REFERENCES = 20_000


class _Body(BaseModel):
    """A misspelt field is an error, and not ignored."""

    model_config = ConfigDict(extra="forbid")


class AgeRange(_Body):
    """Ages in whole years, both ends included."""

    first: int = Field(0, ge=0, le=130, alias="from")
    last: int = Field(130, ge=0, le=130, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("`to` is before `from`")
        return self


class MoveRule(_Body):
    """Which contacts go to one unit. All that is given must fit; with nothing given, every contact fits."""

    to_unit: UnitText = Field(examples=["children-valby-vesterbro-kgs-enghave"])
    districts: list[int] = Field([], max_length=99, description="Districts of the citizen, or of the child")
    ages: AgeRange | None = Field(None, examples=[{"from": 0, "to": 17}])
    needs: list[NeedText] = Field([], max_length=100, description="Contacts with any of these needs")
    references: list[ReferenceText] = Field(
        [], max_length=_MOST_REFERENCES, description="Contacts by reference", examples=[["7F3K-9QTX"]]
    )

    @property
    def asks_triage(self) -> bool:
        """Whether it looks at facts, which triage has."""
        return bool(self.districts or self.needs or self.ages is not None)


class ReorganisationIn(_Body):
    """Move the open work of one unit to others, from a day on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "effective_on": "2027-01-01",
                    "from_unit": "children-amager",
                    "rules": [{"to_unit": "children-city-oesterbro", "districts": [9]}],
                    "otherwise_to": "children-valby-vesterbro-kgs-enghave",
                    "reason": "Ny organisering fra 1. januar 2027",
                }
            ]
        }
    )

    effective_on: date = Field(description="Done at the beginning of this day in Copenhagen")
    from_unit: UnitText
    rules: list[MoveRule] = Field([], max_length=_MOST_RULES, description="The first that fits decides")
    otherwise_to: UnitText | None = Field(
        None, description="The unit of contacts that no rule fits; null: they stay"
    )
    reason: Reason

    @model_validator(mode="after")
    def _moves_something(self) -> Self:
        if not self.rules and self.otherwise_to is None:
            raise ValueError("give rules, or a unit for all contacts in otherwise_to")
        if self.from_unit in self.targets:
            raise ValueError("from_unit is among the units that its work goes to")
        return self

    @property
    def targets(self) -> list[str]:
        """Every unit that work may go to, in the order of the rules."""
        named = [rule.to_unit for rule in self.rules] + ([self.otherwise_to] if self.otherwise_to else [])
        return list(dict.fromkeys(named))

    @property
    def plan(self) -> Plan:
        """The plan as it decides."""
        return Plan(self.rules, self.otherwise_to)


class RuleNamingUnit(BaseModel):
    """A row of a rule set that sends contacts to the unit."""

    version: str = Field(description="The rule set", examples=["1"])
    status: str = Field(examples=["active"])
    row: int = Field(examples=[12])
    title: str


class TargetPreview(BaseModel):
    """What one unit would get."""

    unit: str
    name: str
    entries: int
    samples: list[str] = Field(description="Some references", examples=[["7F3K-9QTX"]])


class ReorganisationPreview(BaseModel):
    """What would be moved if it were done now."""

    entries: int = Field(description="Open entries of the unit: waiting and taken")
    taken: int = Field(description="Of these, how many an employee has")
    running_clocks: int = Field(description="Deadlines that run on with them")
    overdue_clocks: int
    targets: list[TargetPreview]
    stay: TargetPreview = Field(description="Contacts that nothing fits, and that stay in the unit")
    unknown_references: list[str] = Field(description="References of which the unit has no open entry")
    rules: list[RuleNamingUnit] = Field(
        description="Rows of rule sets that send contacts to the unit, also after that day"
    )


class ReorganisationOut(BaseModel):
    """A reorganisation and how far it is."""

    id: UUID
    state: ReorganisationState
    effective_on: date
    from_unit: str
    targets: list[str]
    reason: str
    moved: int
    stayed: int
    undone: int
    planned_at: datetime
    planned_by: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    trouble: str | None = Field(
        None, description="Why it does not go on at the moment", examples=["triage cannot be reached"]
    )
    edition: int = Field(description="The ETag's number")

    @classmethod
    def of(cls, row: ReorganisationRow) -> Self:
        """The stored reorganisation, without its lists of references."""
        body = ReorganisationIn.model_validate(row.body)
        return cls(
            **row.model_dump(exclude={"body", "after_entry"}),
            targets=body.targets,
            reason=body.reason,
        )


class ReorganisationMoveOut(BaseModel):
    """One contact that was moved."""

    contact_id: UUID
    reference: str
    to_unit: str
    state: MoveState
    from_entry: UUID
    to_entry: UUID
    moved_at: datetime

    @classmethod
    def of(cls, row: ReorganisationMoveRow) -> Self:
        """The stored move, its reference as it is read aloud."""
        return cls(**row.model_dump() | {"reference": show_reference(row.reference)})
