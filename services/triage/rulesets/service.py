"""A rule set's life: written, changed, checked, simulated, put in force by a second person, retired."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from services.triage.models import RulesetRow
from services.triage.problems import (
    ImpossibleMoment,
    InvalidRuleset,
    MomentTaken,
    NoDraft,
    NotReady,
    SecondPersonNeeded,
    StillInForce,
    UnknownRuleset,
    VersionTaken,
    at_field,
)
from services.triage.rules.ruleset import RuleSet
from services.triage.rulesets import repository
from services.triage.rulesets.differences import Difference, difference, plain
from services.triage.rulesets.parsing import Written
from services.triage.rulesets.repository import find_ruleset, lock_all
from services.triage.rulesets.schemas import ActivateIn, CopyIn
from services.triage.rulesets.timetable import RulesetStatus, first_moment_of, status_of
from shared.access import Principal
from shared.etags import require_version
from shared.problems import StaleVersion
from shared.unit_of_work import UnitOfWork

#: So long after it was sent, "from now on" still means now.
SENT_JUST_NOW = timedelta(seconds=60)


async def get_ruleset(work: UnitOfWork, version: str) -> RulesetRow:
    """The rule set as it stands in storage. Raises UnknownRuleset."""
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
    await _note(work, who, ruleset.version, "created", 1, reason=reason, change=change)
    return await get_ruleset(work, ruleset.version)


async def copy(work: UnitOfWork, who: Principal, body: CopyIn, reason: str) -> RulesetRow:
    """Store a draft that says what another rule set says. Raises UnknownRuleset or VersionTaken."""
    await lock_all(work.session)
    original = await get_ruleset(work, body.copy_of)
    known = [row.version for row in await repository.read_rulesets(work.session)]
    version = body.version or _next_number(known)
    told = {"title": body.title, "valid_from": body.valid_from}
    given = {name: value for name, value in told.items() if value is not None}
    ruleset = RuleSet.model_validate(original.content | given | {"version": version})
    return await create(work, who, Written(ruleset, None), reason, original)


def _next_number(versions: Iterable[str]) -> str:
    return str(max((int(version) for version in versions if version.isdecimal()), default=0) + 1)


async def edit(
    work: UnitOfWork, who: Principal, version: str, written: Written, *, if_match: str | None, reason: str
) -> RulesetRow:
    """Let a draft say something else; saying the same again changes nothing.

    Raises UnknownRuleset, NoDraft, VersionRequired, StaleVersion or InvalidRuleset.
    """
    row = await _lock(work, version)
    _demand_draft(row)
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
    await _note(work, who, version, "edited", revision, reason=reason, change=change)
    return await get_ruleset(work, version)


async def record(
    work: UnitOfWork,
    who: Principal,
    version: str,
    revision: int,
    kind: str,
    *,
    done: bool,
    found: dict[str, Any],
) -> RulesetRow:
    """Keep what a check or a simulation found; `done` tells whether it counts for activation.

    Raises StaleVersion when the rule set was changed meanwhile, and then keeps nothing.
    """
    row = await _lock(work, version)
    if row.revision != revision:
        raise StaleVersion(f"It is now at version {row.revision}.")
    result, counted = {
        "checked": ("proof", "checked_revision"),
        "simulated": ("simulation", "simulated_revision"),
    }[kind]
    columns = {result: found, counted: revision if done else 0}
    await repository.change_ruleset(work.session, version, **columns)
    await _note(work, who, version, kind, revision)
    return await get_ruleset(work, version)


async def activate(
    work: UnitOfWork, who: Principal, version: str, body: ActivateIn, if_match: str | None
) -> RulesetRow:
    """Put a rule set in force from a moment on.

    Raises UnknownRuleset, NoDraft, StaleVersion, SecondPersonNeeded, NotReady, ImpossibleMoment or
    MomentTaken.
    """
    row = await _lock(work, version)
    _demand_draft(row)
    if if_match is not None:
        require_version(if_match, row.revision)
    if who.subject in await repository.authors_of(work.session, version):
        raise SecondPersonNeeded
    stands = await standing(work, row)
    if stands is not RulesetStatus.SIMULATED:
        raise NotReady(ruleset_status=stands)
    begins = await _moment(work, row, body)
    await repository.change_ruleset(work.session, version, active_from=begins)
    await _note(work, who, version, "activated", row.revision, reason=body.reason)
    return await get_ruleset(work, version)


async def _moment(work: UnitOfWork, row: RulesetRow, body: ActivateIn) -> datetime:
    """When it begins: not in the past, not before its own day, not before what it is based on."""
    now = work.clock.now()
    moment = now if body.from_ is None else body.from_
    if moment < now - SENT_JUST_NOW:
        raise _impossible("the past keeps the rules it had; now is the earliest moment")
    begins = max(moment, now)
    valid_from = RuleSet.model_validate(row.content).valid_from
    if begins < first_moment_of(valid_from):
        raise _impossible(f"it is valid from {valid_from} at the earliest")
    timetable = await repository.read_timetable(work.session)
    for other in timetable.begins:
        if other.version == row.based_on and begins <= other.active_from:
            message = f"it is based on {other.version}, which begins at {other.active_from.isoformat()}"
            raise _impossible(f"{message}: dates do not go in a circle")
        if other.active_from == begins:
            raise MomentTaken(version=other.version)
    return begins


def _impossible(message: str) -> ImpossibleMoment:
    return ImpossibleMoment(errors=at_field("/from", message))


async def retire(work: UnitOfWork, who: Principal, version: str, reason: str) -> RulesetRow:
    """Take a draft, or one that has not begun, out of use. Raises UnknownRuleset or StillInForce.

    One in force is retired by the next one's beginning, so that there is always exactly one.
    """
    row = await _lock(work, version)
    now = work.clock.now()
    if row.active_from is not None and row.active_from <= now:
        raise StillInForce
    if row.withdrawn_at is None:
        await repository.change_ruleset(work.session, version, active_from=None, withdrawn_at=now)
        await _note(work, who, version, "retired", row.revision, reason=reason)
    return await get_ruleset(work, version)


async def standing(work: UnitOfWork, row: RulesetRow) -> RulesetStatus:
    """Where the rule set stands now."""
    timetable = await repository.read_timetable(work.session)
    return status_of(repository.life_of(row), timetable, work.clock.now())


async def _lock(work: UnitOfWork, version: str) -> RulesetRow:
    await lock_all(work.session)
    return await get_ruleset(work, version)


def _demand_draft(row: RulesetRow) -> None:
    if row.active_from is not None or row.withdrawn_at is not None:
        raise NoDraft


async def _note(
    work: UnitOfWork,
    who: Principal,
    version: str,
    kind: str,
    revision: int,
    *,
    reason: str | None = None,
    change: Difference | None = None,
) -> None:
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
