"""The timeline: every step that any service knows of, in one order.

A step's `kind` is its text's key, and `values` are filled into the text; the page puts codes into words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from services.desk.intake_models import Contact
from services.desk.routing_models import EntryWithTrail
from services.desk.trace.history import History
from services.desk.trace.schemas import Access, Call, Referral
from services.desk.triage_models import Assessment

#: What a step is about.
Source = Literal["contact", "call", "triage", "queue", "clock", "look"]
#: Of one moment, what is known of the contact comes before what was done about it.
_ORDER: tuple[Source, ...] = ("contact", "call", "triage", "queue", "clock", "look")
#: A contact recorded so much later than it was received gets a step of its own, in seconds.
_LATER = 60.0


@dataclass(frozen=True)
class Step:
    """Something that happened, or will be due. `after_seconds` is since the step before it."""

    at: datetime
    source: Source
    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    role: str | None = None
    #: Staff id, where the service's answer names one.
    subject: str | None = None
    #: Further lines, as the services worded them: reasons.
    notes: tuple[str, ...] = ()
    #: How long what ended here had lasted.
    lasted_seconds: float | None = None
    is_bad: bool = False
    after_seconds: float | None = None


def timeline(history: History) -> list[Step]:
    """All steps in their order, each with the time since the one before."""
    entries = history.entries.body or ()
    found = [
        *_of_contact(history.contact),
        *(step for call in history.calls.body or () for step in _of_call(call)),
        *(step for one in reversed(history.assessments.body or ()) for step in _of_assessment(one)),
        *(step for one in history.referrals.body or () for step in _of_referral(one)),
        *(step for one in entries for step in _of_entry(one)),
        *_of_clocks(entries),
        *(_of_access(one) for one in history.accesses.body or ()),
    ]
    return _spaced(sorted(found, key=lambda step: (step.at, _ORDER.index(step.source))))


def _spaced(steps: Sequence[Step]) -> list[Step]:
    """Each step with the time since the last one that was more than access: access changes nothing."""
    spaced: list[Step] = []
    last: datetime | None = None
    for step in steps:
        if step.source == "look":
            spaced.append(step)
            continue
        after = None if last is None else (step.at - last).total_seconds()
        spaced.append(replace(step, after_seconds=after))
        last = step.at
    return spaced


def _of_contact(contact: Contact) -> Iterator[Step]:
    received = contact.received_at
    values = {"channel": contact.channel, "line": contact.line, "ticket": contact.ticket}
    yield Step(received, "contact", "companion" if contact.companion_of else "received", values)
    if (contact.created_at - received).total_seconds() > _LATER:
        yield Step(contact.created_at, "contact", "written_down")
    if contact.closed_at is not None:
        yield Step(
            contact.closed_at,
            "contact",
            "closed",
            {"outcome": contact.outcome},
            notes=(contact.close_reason,) if contact.close_reason else (),
            lasted_seconds=(contact.closed_at - received).total_seconds(),
        )


def _of_call(call: Call) -> Iterator[Step]:
    yield Step(call.started_at, "call", "call_began", {"line": call.line})
    for visit in call.visits:
        values = {"name": visit.queue}
        yield Step(visit.entered_at, "call", "in_queue", values)
        if visit.left_at is not None:
            yield Step(
                visit.left_at,
                "call",
                f"queue_{visit.outcome}",
                values,
                lasted_seconds=visit.wait_seconds,
                is_bad=visit.outcome in {"abandoned", "lost"},
            )
    for talk in call.talks:
        if talk.ended_at is not None:
            yield Step(talk.ended_at, "call", "talk_ended", lasted_seconds=talk.talk_seconds)
    if call.inconsistencies:
        kinds = {"kinds": tuple(call.inconsistencies)}
        yield Step(call.gone_at or call.started_at, "call", "inconsistent", kinds, is_bad=True)


def _of_assessment(assessment: Assessment) -> Iterator[Step]:
    recommended = assessment.recommendation
    yield Step(
        assessment.made_at,
        "triage",
        "recommended",
        {
            "destination": recommended.destination,
            "ruleset": recommended.ruleset,
            "urgency": recommended.urgency,
        },
        notes=tuple(reason.text for reason in recommended.reasons),
    )
    if decision := assessment.decision:
        yield Step(
            decision.decided_at,
            "triage",
            "overridden" if decision.overridden else "accepted",
            {"destination": decision.destination, "companion": decision.companion},
            role=decision.role,
            notes=(decision.reason,) if decision.reason else (),
        )
    if returned := assessment.returned:
        yield Step(
            returned.returned_at,
            "triage",
            "sent_back",
            {"unit": returned.unit},
            notes=(returned.reason,),
            is_bad=True,
        )


def _of_referral(referral: Referral) -> Iterator[Step]:
    values = {"needs": tuple(referral.needs)}
    yield Step(referral.referred_at, "triage", "referred", values, role=referral.role)
    if referral.outcome_at is not None:
        yield Step(referral.outcome_at, "triage", f"came_{referral.came}")


#: Moves that end the wait of an entry: the step has how long it was.
_ENDS_WAIT = {"taken", "answered", "abandoned", "lost", "overflowed", "transferred", "superseded", "closed"}
#: Services give codes as reasons, which repeat what the move is.
_SERVICES = {"intake", "triage"}
_BAD_MOVES = {"abandoned", "lost", "returned"}


def _of_entry(entry: EntryWithTrail) -> Iterator[Step]:
    waited: float | None = entry.wait_seconds
    for move in entry.trail:
        ends = move.kind in _ENDS_WAIT and waited is not None
        yield Step(
            move.at,
            "queue",
            f"entry_{move.kind}",
            {"queue": entry.queue},
            role=move.role,
            subject=move.subject,
            notes=(move.reason,) if move.reason and move.role not in _SERVICES else (),
            lasted_seconds=waited if ends else None,
            is_bad=move.kind in _BAD_MOVES,
        )
        if ends:
            waited = None


def _of_clocks(entries: Sequence[EntryWithTrail]) -> Iterator[Step]:
    """Each deadline once, at the moment it is due: every entry of a contact has all of its deadlines."""
    latest = {(clock.rule, clock.due_at): clock for entry in entries for clock in entry.clocks}
    for clock in latest.values():
        yield Step(
            clock.due_at,
            "clock",
            f"clock_{clock.state}",
            {"name": clock.name, "basis": clock.legal_basis},
            lasted_seconds=clock.overdue_seconds or None,
            is_bad=clock.state in {"overdue", "missed"},
        )


def _of_access(access: Access) -> Step:
    return Step(
        access.at,
        "look",
        f"look_{access.action}",
        {"purpose": access.purpose},
        role=access.role,
        subject=access.subject,
    )
