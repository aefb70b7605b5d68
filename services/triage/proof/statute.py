"""What the law demands of every rule set, as dated data of its own: `data/statutory_duties.yaml`."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from services.triage.rules.clocks import ClockRule
from services.triage.rules.conditions import Condition
from services.triage.rules.duty import ApplicationNeeds, CareWarning, DutyCode
from services.triage.strict import Strict
from shared.vocabulary import Urgency

STATUTE_FILE = Path(__file__).parents[1] / "data" / "statutory_duties.yaml"


class Demand(Strict):
    """What the law demands for contacts received from `valid_from` to `valid_to`, when `when` is true.

    Each clock is the longest that is allowed, `urgency` the lowest. `of_the_child`: the demand is about a
    child at risk, so that it is also met by contacts of the children's own.
    """

    code: DutyCode
    title: str
    source: str
    valid_from: date
    valid_to: date | None = None
    of_the_child: bool = False
    when: Condition
    urgency: Urgency | None = None
    clocks: Mapping[str, ClockRule] = Field({})
    warnings: tuple[CareWarning, ...] = ()
    application_area_of: tuple[ApplicationNeeds, ...] = ()

    def applies_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Statute(Strict):
    """All demands. Their conditions use definitions of their own, and none of a rule set."""

    definitions: dict[str, Condition] = Field({})
    demands: tuple[Demand, ...]

    def days(self) -> set[date]:
        """The days on which some demand begins, or no longer applies."""
        ends = {demand.valid_to + timedelta(days=1) for demand in self.demands if demand.valid_to is not None}
        return {demand.valid_from for demand in self.demands} | ends


@cache
def read_statute(path: Path = STATUTE_FILE) -> Statute:
    """The demands in the file. Raises pydantic.ValidationError with the place of each fault."""
    return Statute.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
