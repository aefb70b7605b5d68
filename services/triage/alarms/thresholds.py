"""How often is too often: the thresholds of the repeat alarm, as dated data.

They come from `example/alarms.yaml`, whose values are examples, or from the city's own file
(DSI_ALARM_THRESHOLDS_FILE), read at each start. A contact is judged by the threshold of its own day.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.vocabulary import Need
from shared.working_days import local_date

EXAMPLE_FILE = Path(__file__).parents[1] / "example" / "alarms.yaml"


class AlarmKind(StrEnum):
    """`child_concern`: notifications of concern about one child, or about children beside one citizen.
    `same_need`: contacts by one citizen about one need.
    """

    CHILD_CONCERN = "child_concern"
    SAME_NEED = "same_need"


class Threshold(BaseModel):
    """This many contacts within this many days raise an alarm; for contacts received from one day to another.

    `except_needs` are needs that a citizen may well come back with often, so that they raise no alarm.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: AlarmKind
    contacts: int = Field(ge=2, le=1000)
    days: int = Field(ge=1, le=3660)
    valid_from: date
    valid_to: date | None = None
    except_needs: frozenset[Need] = frozenset()

    @property
    def within(self) -> timedelta:
        return timedelta(days=self.days)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    def applies_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Thresholds(BaseModel):
    """The whole file. At most one threshold of a kind applies on a day; where none does, there is
    no alarm.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    thresholds: tuple[Threshold, ...]

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        periods = defaultdict[AlarmKind, list[Threshold]](list)
        for threshold in sorted(self.thresholds, key=lambda one: one.valid_from):
            periods[threshold.kind].append(threshold)
        for kind, those in periods.items():
            for earlier, later in pairwise(those):
                if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
                    raise ValueError(f"two thresholds of {kind} hold on {later.valid_from}")
        return self

    def of(self, kind: AlarmKind, need: Need, moment: datetime) -> Threshold | None:
        """The threshold for a contact received at that moment, if there is one."""
        day = local_date(moment)
        for threshold in self.thresholds:
            if threshold.kind is kind and threshold.applies_on(day) and need not in threshold.except_needs:
                return threshold
        return None


def read_thresholds(file: Path | None = None) -> Thresholds:
    """The thresholds of a file, by default the example's. Raises pydantic's ValidationError, or OSError."""
    text = (file or EXAMPLE_FILE).read_text(encoding="utf-8")
    return Thresholds.model_validate(yaml.safe_load(text))
