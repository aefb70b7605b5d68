"""The acts that end a duty, by its rule (`acts.yaml`): what each requires, and how the duty ends by it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from services.routing.states import DutyEnding
from shared.problems import FieldError

#: What can be given with an act. A reason can be given with each.
Given = Literal["acute_help_needed", "how", "reason", "duplicate_of"]
_ACTS_FILE = Path(__file__).parent / "acts.yaml"


class ActTerms(BaseModel):
    """How a duty ends by an act, and what must be given with it; `how` are the answers that are possible."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ends: DutyEnding
    requires: frozenset[Given] = frozenset()
    how: tuple[str, ...] = ()


@cache
def _all_acts() -> dict[str, dict[str, ActTerms]]:
    read = yaml.safe_load(_ACTS_FILE.read_text(encoding="utf-8"))
    return {
        rule: {act: ActTerms.model_validate(terms) for act, terms in acts.items()}
        for rule, acts in read.items()
    }


def acts_of(rule: str) -> Mapping[str, ActTerms]:
    """The acts that end a duty of this rule. Raises pydantic's ValidationError for a wrong file."""
    return next((acts for pattern, acts in _all_acts().items() if fnmatchcase(rule, pattern)), {})


def plain_act(rule: str) -> str | None:
    """The act that does a duty of this rule and requires nothing to be given; None where there is none."""
    for act, terms in acts_of(rule).items():
        if terms.ends is DutyEnding.DONE and not terms.requires:
            return act
    return None


def faults_of(rule: str, act: str, given: Mapping[str, object]) -> Iterator[FieldError]:
    """What is wrong with an act on a duty of this rule; `given` is what came with it."""
    terms = acts_of(rule).get(act)
    if terms is None:
        possible = ", ".join(acts_of(rule))
        yield FieldError(pointer="/act", message=f"does not end this duty; one of: {possible}")
        return
    for name in sorted(terms.requires - given.keys()):
        yield FieldError(pointer=f"/{name}", message=f"is required for {act}")
    for surplus in sorted(given.keys() - terms.requires - {"reason"}):
        yield FieldError(pointer=f"/{surplus}", message=f"does not belong to {act}")
    if terms.how and "how" in given and given["how"] not in terms.how:
        yield FieldError(pointer="/how", message=f"must be one of: {', '.join(terms.how)}")


def fault_of_moment(at: datetime, starts_at: datetime, now: datetime) -> FieldError | None:
    """What is wrong with the moment of an act: nothing is done before it is owed, or tomorrow."""
    if at < starts_at:
        return FieldError(pointer="/at", message="must not lie before the duty began")
    if at > now:
        return FieldError(pointer="/at", message="must not lie in the future")
    return None


def may_be_one_child(citizen_key: str | None, other_key: str | None) -> bool:
    """Whether two contacts can be about the same child: they cannot when both are known and differ."""
    return citizen_key is None or other_key is None or citizen_key == other_key
