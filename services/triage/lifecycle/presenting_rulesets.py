"""Rule sets, their trail and their difference as they are answered."""

from datetime import datetime

import yaml

from services.triage.lifecycle.ruleset_differences import Difference, difference
from services.triage.lifecycle.ruleset_schemas import ChangeOut, DifferenceOut, RulesetItem
from services.triage.lifecycle.ruleset_store import life_of
from services.triage.lifecycle.ruleset_table import difference_in_danish
from services.triage.lifecycle.timetable import Timetable, status_of
from services.triage.models import RulesetChange, RulesetRow


def present_ruleset(row: RulesetRow, timetable: Timetable, now: datetime) -> RulesetItem:
    """The rule set and where it stands at `now`."""
    return RulesetItem(
        version=row.version,
        title=row.title,
        valid_from=row.content["valid_from"],
        rows=len(row.content["rows"]),
        status=status_of(life_of(row), timetable, now),
        revision=row.revision,
        based_on=row.based_on,
        active_from=row.active_from,
        active_until=timetable.until(row.version),
    )


def present_change(change: RulesetChange) -> ChangeOut:
    """A step of the trail, with its difference in Danish."""
    found = None if change.difference is None else Difference.model_validate(change.difference)
    shown = change.model_dump(exclude={"subject", "difference"})
    text = [] if found is None else difference_in_danish(found)
    return ChangeOut.model_validate({**shown, "author": change.subject, "difference": found, "text": text})


def present_difference(before: RulesetRow, after: RulesetRow) -> DifferenceOut:
    """What leads from one rule set to the other."""
    found = difference(before.content, after.content)
    return DifferenceOut(
        from_=before.version, to=after.version, difference=found, text=difference_in_danish(found)
    )


def yaml_of(row: RulesetRow) -> str:
    """The file form: as somebody wrote it, or else as short as it can be said."""
    return row.source or yaml.safe_dump(row.content, allow_unicode=True, sort_keys=False, width=110)
