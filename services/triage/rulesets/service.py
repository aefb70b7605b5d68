"""Rule sets as documents: drafts are created, copied and changed, and each step is in the trail."""

from collections.abc import Iterable
from typing import Any

from services.triage.models import RulesetRow
from services.triage.problems import (
    InvalidRuleset,
    NoDraft,
    UnknownRuleset,
    VersionTaken,
    at_field,
)
from services.triage.rules.ruleset import RuleSet
from services.triage.rulesets import repository
from services.triage.rulesets.differences import Difference, difference, plain
from services.triage.rulesets.parsing import Written
from services.triage.rulesets.repository import find_ruleset, lock_all
from services.triage.rulesets.schemas import CopyIn, life_of
from services.triage.rulesets.timetable import RulesetStatus, status_of
from shared.access import Principal
from shared.etags import require_version
from shared.problems import StaleVersion
from shared.unit_of_work import UnitOfWork


async def get_ruleset(work: UnitOfWork, version: str) -> RulesetRow:
    """The stored rule set. Raises UnknownRuleset."""
    row = await find_ruleset(work.session, version)
    if row is None:
        raise UnknownRuleset
    return row


async def create(
    work: UnitOfWork, who: Principal, written: Written, reason: str, based_on: RulesetRow | None = None
) -> RulesetRow:
    """Store a draft, based on the rule set in force unless another is named. Raises VersionTaken."""
    ruleset, now = written.ruleset, work.clock.now()
    if based_on is None:
        timetable = await repository.read_timetable(work.session)
        based_on = await get_ruleset(work, timetable.at(now).version)
    row = repository.new_row(ruleset, now, source=written.source, based_on=based_on.version)
    if not await repository.add_ruleset(work.session, row):
        raise VersionTaken(version=ruleset.version)
    change = difference(based_on.content, row["content"])
    await add_to_trail(work, who, ruleset.version, "created", 1, reason=reason, change=change)
    return await get_ruleset(work, ruleset.version)


async def copy(work: UnitOfWork, who: Principal, body: CopyIn, reason: str) -> RulesetRow:
    """Store a draft with the content of another rule set. Raises UnknownRuleset or VersionTaken."""
    await lock_all(work.session)
    original = await get_ruleset(work, body.copy_of)
    known = [row.version for row in await repository.read_rulesets(work.session)]
    version = body.version or _next_number(known)
    given = body.model_dump(include={"title", "valid_from"}, exclude_none=True)
    ruleset = RuleSet.model_validate(original.content | given | {"version": version})
    return await create(work, who, Written(ruleset, None), reason, original)


def _next_number(versions: Iterable[str]) -> str:
    return str(max((int(version) for version in versions if version.isdecimal()), default=0) + 1)


async def edit(
    work: UnitOfWork, who: Principal, version: str, written: Written, *, if_match: str | None, reason: str
) -> RulesetRow:
    """Change a draft's content; the same content again changes nothing.

    Raises UnknownRuleset, NoDraft, VersionRequired, StaleVersion or InvalidRuleset.
    """
    row = await lock_ruleset(work, version)
    require_draft(row)
    require_version(if_match, row.revision)
    if written.ruleset.version != version:
        raise InvalidRuleset(errors=at_field("/version", f"this is version {version}"))
    content = plain(written.ruleset)
    change = difference(row.content, content)
    if not change and written.source == row.source:
        return row
    revision = row.revision + 1
    columns = {"title": written.ruleset.title, "content": content, "source": written.source}
    await repository.change_ruleset(work.session, version, revision=revision, **columns)
    await add_to_trail(work, who, version, "edited", revision, reason=reason, change=change)
    return await get_ruleset(work, version)


async def lock_ruleset(work: UnitOfWork, version: str) -> RulesetRow:
    """The rule set, locked against changes by others until the transaction ends. Raises UnknownRuleset."""
    await lock_all(work.session)
    return await get_ruleset(work, version)


def require_draft(row: RulesetRow) -> None:
    """Raise NoDraft for a rule set that is, was or will be in force, or was withdrawn."""
    if row.active_from is not None or row.withdrawn_at is not None:
        raise NoDraft


async def add_to_trail(
    work: UnitOfWork,
    who: Principal,
    version: str,
    kind: str,
    revision: int,
    *,
    reason: str | None = None,
    change: Difference | None = None,
) -> None:
    """Add a step to the rule set's trail: who, in which role, when, why, and what it changed."""
    await repository.add_change(
        work.session,
        version=version,
        kind=kind,
        revision=revision,
        subject=who.subject,
        role=who.role,
        reason=reason,
        at=work.clock.now(),
        difference=None if change is None else change.model_dump(mode="json", exclude_none=True),
    )


async def record_result(
    work: UnitOfWork,
    who: Principal,
    version: str,
    revision: int,
    kind: str,
    *,
    counts: bool,
    found: dict[str, Any],
) -> RulesetRow:
    """Store what a check or a simulation found; `counts` is whether it counts for activation.

    Raises StaleVersion when the rule set was changed meanwhile, and then stores nothing.
    """
    row = await lock_ruleset(work, version)
    if row.revision != revision:
        raise StaleVersion(f"It is now at version {row.revision}.")
    result, counted = {
        "checked": ("proof", "checked_revision"),
        "simulated": ("simulation", "simulated_revision"),
    }[kind]
    columns = {result: found, counted: revision if counts else 0}
    await repository.change_ruleset(work.session, version, **columns)
    await add_to_trail(work, who, version, kind, revision)
    return await get_ruleset(work, version)


async def current_status(work: UnitOfWork, row: RulesetRow) -> RulesetStatus:
    """The rule set's status now."""
    timetable = await repository.read_timetable(work.session)
    return status_of(life_of(row), timetable, work.clock.now())
