"""The time line: every step that any service knows of, in one order. Knows no web and no words.

A step's `kind` is its text's key, and `values` what stands in the text; codes are put into words by the page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from services.desk.trace.service import History

#: Whose knowledge a step is.
Source = Literal["contact", "call", "triage", "queue", "clock", "look"]
#: Of one moment, what is known of the contact comes before what was done about it.
_ORDER: tuple[Source, ...] = ("contact", "call", "triage", "queue", "clock", "look")
#: A contact written down so much later than it was received is worth a step of its own, in seconds.
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
    found = [
        *_of_contact(history.contact),
        *(step for call in history.calls.body or () for step in _of_call(call)),
        *(step for one in _oldest_first(history.assessments.body) for step in _of_assessment(one)),
        *(step for one in (history.referrals.body or {}).get("items", ()) for step in _of_referral(one)),
        *(step for one in history.entries.body or () for step in _of_entry(one)),
        *_of_clocks(history.entries.body or ()),
        *(_of_look(one) for one in (history.looks.body or {}).get("items", ())),
    ]
    return _spaced(sorted(found, key=lambda step: (step.at, _ORDER.index(step.source))))


def _oldest_first(page: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return [*reversed((page or {"items": []})["items"])]


def _spaced(steps: Sequence[Step]) -> list[Step]:
    """Each step with the time since the last one that was no look: a look changes nothing."""
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


def _of_contact(contact: Mapping[str, Any]) -> Iterator[Step]:
    received, created = _at(contact["received_at"]), _at(contact["created_at"])
    values = {"channel": contact["channel"], "line": contact["line"], "ticket": contact["ticket"]}
    yield Step(received, "contact", "companion" if contact["companion_of"] else "received", values)
    if (created - received).total_seconds() > _LATER:
        yield Step(created, "contact", "written_down")
    if contact["closed_at"] is not None:
        reason = contact["close_reason"]
        yield Step(
            _at(contact["closed_at"]),
            "contact",
            "closed",
            {"outcome": contact["outcome"]},
            notes=(reason,) if reason else (),
            lasted_seconds=(_at(contact["closed_at"]) - received).total_seconds(),
        )


def _of_call(call: Mapping[str, Any]) -> Iterator[Step]:
    yield Step(_at(call["started_at"]), "call", "call_began", {"line": call["line"]})
    for visit in call["visits"]:
        values = {"name": visit["queue"]}
        yield Step(_at(visit["entered_at"]), "call", "in_queue", values)
        if visit["left_at"] is not None:
            kind = f"queue_{visit['outcome']}"
            bad = visit["outcome"] in {"abandoned", "lost"}
            yield Step(
                _at(visit["left_at"]),
                "call",
                kind,
                values,
                lasted_seconds=visit["wait_seconds"],
                is_bad=bad,
            )
    for talk in call["talks"]:
        if talk["ended_at"] is not None:
            seconds = talk["talk_seconds"]
            yield Step(_at(talk["ended_at"]), "call", "talk_ended", lasted_seconds=seconds)
    if call["inconsistencies"]:
        end = call["gone_at"] or call["started_at"]
        values = {"kinds": tuple(call["inconsistencies"])}
        yield Step(_at(end), "call", "inconsistent", values, is_bad=True)


def _of_assessment(assessment: Mapping[str, Any]) -> Iterator[Step]:
    told = assessment["recommendation"]
    yield Step(
        _at(assessment["made_at"]),
        "triage",
        "recommended",
        {"destination": told["destination"], "ruleset": told["ruleset"], "urgency": told["urgency"]},
        notes=tuple(reason["text"] for reason in told["reasons"]),
    )
    decision, returned = assessment["decision"], assessment["returned"]
    if decision is not None:
        yield Step(
            _at(decision["decided_at"]),
            "triage",
            "overridden" if decision["overridden"] else "accepted",
            {"destination": decision["destination"], "companion": decision["companion"]},
            role=decision["role"],
            notes=(decision["reason"],) if decision["reason"] else (),
        )
    if returned is not None:
        yield Step(
            _at(returned["returned_at"]),
            "triage",
            "sent_back",
            {"unit": returned["unit"]},
            notes=(returned["reason"],),
            is_bad=True,
        )


def _of_referral(referral: Mapping[str, Any]) -> Iterator[Step]:
    values = {"needs": tuple(referral["needs"])}
    yield Step(_at(referral["referred_at"]), "triage", "referred", values, role=referral["role"])
    if referral["told_at"] is not None:
        yield Step(_at(referral["told_at"]), "triage", f"came_{referral['came']}")


#: Moves that end the wait of an entry: with them stands how long it was.
_ENDS_WAIT = {"taken", "answered", "abandoned", "lost", "overflowed", "transferred", "superseded", "closed"}
#: What services give as a reason is a code that the move itself tells already.
_SERVICES = {"intake", "triage"}
_BAD_MOVES = {"abandoned", "lost", "returned"}


def _of_entry(entry: Mapping[str, Any]) -> Iterator[Step]:
    waited: float | None = entry["wait_seconds"]
    for move in entry["trail"]:
        ends = move["kind"] in _ENDS_WAIT and waited is not None
        yield Step(
            _at(move["at"]),
            "queue",
            f"entry_{move['kind']}",
            {"queue": entry["queue"]},
            role=move["role"],
            subject=move["subject"],
            notes=(move["reason"],) if move["reason"] and move["role"] not in _SERVICES else (),
            lasted_seconds=waited if ends else None,
            is_bad=move["kind"] in _BAD_MOVES,
        )
        if ends:
            waited = None


def _of_clocks(entries: Iterable[Mapping[str, Any]]) -> Iterator[Step]:
    """Each deadline once, at the moment it is due: an entry tells of all deadlines of its contact."""
    latest = {(clock["rule"], clock["due_at"]): clock for entry in entries for clock in entry["clocks"]}
    for clock in latest.values():
        yield Step(
            _at(clock["due_at"]),
            "clock",
            f"clock_{clock['state']}",
            {"name": clock["name"], "basis": clock["legal_basis"]},
            lasted_seconds=clock["overdue_seconds"] or None,
            is_bad=clock["state"] in {"overdue", "missed"},
        )


def _of_look(look: Mapping[str, Any]) -> Step:
    return Step(
        _at(look["at"]),
        "look",
        f"look_{look['action']}",
        {"purpose": look["purpose"]},
        role=look["role"],
        subject=look["subject"],
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
