"""The conditions that a rule row may use, as they are written in a rule set file.

A condition is data: a small tree of the operators below. Nothing here depends on a particular row; the rows
are in `data/rulesets/`. `three_valued` compiles a condition to a function.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from services.triage.strict import Strict
from shared.vocabulary import Channel, Need

#: Facts that are true or false, some of them possibly unknown.
TruthFact = Literal[
    "in_municipality",
    "child_in_municipality",
    "applies_for_measure",
    "acute_danger",
    "child_at_risk",
    "another_child",
    "further_children",
    "suspected_parental_abuse",
    "honour_related",
    "reporter_is_professional",
    "measures_running",
    "aftercare_running",
    "anonymous",
]
#: Facts with values that can be compared. `received_on` is the Copenhagen date of receipt.
ValueFact = Literal["age", "child_age", "district", "child_district", "channel", "received_on"]
#: Facts of which a row may test whether they are given at all; testing makes no question to the citizen.
GivenFact = Literal["age", "child_age", "child_district", "child_postal_code", "existing_case_unit"]

Value = int | date | str

#: The values that whole numbers may have, both ends included: years, and bydele with 0 for elsewhere.
_BOUNDS: dict[str, tuple[int, int]] = {
    "age": (0, 131),
    "child_age": (0, 131),
    "district": (0, 10),
    "child_district": (0, 10),
}


class AllOf(Strict):
    """True when every part is true, also when there is none; false when one is false; otherwise unknown."""

    parts: tuple["Condition", ...] = Field(alias="all")


class AnyOf(Strict):
    """True when at least one part is true; false when every part is; otherwise unknown."""

    parts: tuple["Condition", ...] = Field(alias="any", min_length=1)


class Not(Strict):
    """True when the part is false and false when it is true; unknown stays unknown."""

    part: "Condition" = Field(alias="not")


class Possibly(Strict):
    """True unless the part is false. Never unknown."""

    part: "Condition" = Field(alias="possibly")


class Certainly(Strict):
    """True only when the part is true. Never unknown."""

    part: "Condition" = Field(alias="certainly")


class Holds(Strict):
    """A condition that the rule set defines once, used by its name."""

    name: str = Field(alias="holds")


class IsTrue(Strict):
    """The fact is true; unknown when the fact is unknown."""

    fact: TruthFact = Field(alias="is_true")


class IsFalse(Strict):
    """The fact is false; unknown when the fact is unknown."""

    fact: TruthFact = Field(alias="is_false")


class IsNotTrue(Strict):
    """The fact is false or unknown (SQL's IS NOT TRUE). Never unknown."""

    fact: TruthFact = Field(alias="is_not_true")


class Known(Strict):
    """The fact is given. Never unknown."""

    fact: GivenFact = Field(alias="known")


class Compare(Strict):
    """The fact has one of these values, or lies in this range; unknown when the fact is unknown.

    `between` includes both ends; `below` excludes its end. Exactly one of the three is given.
    """

    fact: ValueFact
    is_in: tuple[Value, ...] | None = Field(None, alias="in", min_length=1)
    between: tuple[Value, Value] | None = None
    below: Value | None = None

    @field_validator("is_in", "between", "below", mode="before")
    @classmethod
    def _values_of_the_facts_type(cls, given: Any, info: ValidationInfo) -> Any:
        """Values as the fact has them: a date may be written as text, as JSON must."""
        fact = info.data.get("fact")
        if fact is None or given is None:
            return given
        if isinstance(given, list | tuple):
            return tuple(_value_of(fact, value) for value in given)
        return _value_of(fact, given)

    @model_validator(mode="after")
    def _exactly_one_comparison(self) -> Self:
        if sum(part is not None for part in (self.is_in, self.between, self.below)) != 1:
            raise ValueError("exactly one of in, between and below must stand")
        return self


def _value_of(fact: str, value: object) -> Value:
    if fact == "received_on":
        if isinstance(value, date):
            return value
        return date.fromisoformat(str(value))
    if fact == "channel":
        return Channel(str(value)).value
    first, last = _BOUNDS[fact]
    if isinstance(value, bool) or not isinstance(value, int) or not first <= value <= last:
        raise ValueError(f"{fact} is a whole number from {first} to {last}")
    return value


class NeedsTest(Strict):
    """`any`: the citizen has one of them; `all`: has every one; `only`: has no other need than these."""

    any_of: tuple[Need, ...] | None = Field(None, alias="any", min_length=1)
    all_of: tuple[Need, ...] | None = Field(None, alias="all", min_length=1)
    only: tuple[Need, ...] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _exactly_one_test(self) -> Self:
        if sum(part is not None for part in (self.any_of, self.all_of, self.only)) != 1:
            raise ValueError("exactly one of any, all and only must stand")
        return self

    @property
    def mentioned(self) -> tuple[Need, ...]:
        return self.any_of or self.all_of or self.only or ()


class Needs(Strict):
    """A test of the needs, which are never unknown."""

    needs: NeedsTest


class CoverageTest(Strict):
    besides: frozenset[Need] = Field(description="Needs that take no offer")


class Covered(Strict):
    """Every need is met by an open low-threshold offer for the citizen's age; unknown with the age."""

    covered_by_offers: CoverageTest


#: Each operator by the key that it is recognised by: the first of these that a condition has.
_OPERATORS: dict[str, type[Strict]] = {
    "all": AllOf,
    "any": AnyOf,
    "not": Not,
    "possibly": Possibly,
    "certainly": Certainly,
    "holds": Holds,
    "is_true": IsTrue,
    "is_false": IsFalse,
    "is_not_true": IsNotTrue,
    "known": Known,
    "fact": Compare,
    "needs": Needs,
    "covered_by_offers": Covered,
}
_KEYS = {operator: key for key, operator in _OPERATORS.items()}


def _operator(condition: Any) -> str | None:
    # Without a discriminator pydantic would report one fault once for each operator that it is not.
    if isinstance(condition, dict):
        return next((key for key in _OPERATORS if key in condition), None)
    return _KEYS.get(type(condition))


Condition = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Possibly, Tag("possibly")]
    | Annotated[Certainly, Tag("certainly")]
    | Annotated[Holds, Tag("holds")]
    | Annotated[IsTrue, Tag("is_true")]
    | Annotated[IsFalse, Tag("is_false")]
    | Annotated[IsNotTrue, Tag("is_not_true")]
    | Annotated[Known, Tag("known")]
    | Annotated[Compare, Tag("fact")]
    | Annotated[Needs, Tag("needs")]
    | Annotated[Covered, Tag("covered_by_offers")],
    Discriminator(
        _operator,
        custom_error_type="unknown_operator",
        custom_error_message="a condition is one of: " + ", ".join(_OPERATORS),
    ),
]

for _model in (AllOf, AnyOf, Not, Possibly, Certainly):
    _model.model_rebuild()
