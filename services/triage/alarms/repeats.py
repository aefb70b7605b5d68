"""Which of a citizen's contacts raise a repeat alarm: the same concern came so often that a person must look.

Eleven notifications about two children reached a municipality, each was dealt with by itself, and nobody
acted on them together (the Danish Ombudsman, FOB 2014-19). The alarms follow from the *set* of the citizen's
contacts and the moments at which they were received; the order in which triage learned of them, how late and
how often, makes no difference. Who the citizen is, is not known here.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.triage.alarms.thresholds import AlarmKind, Thresholds
from shared.vocabulary import Need


class Subject(NamedTuple):
    """What an alarm is about, for one citizen: the kind, and the need that comes again."""

    kind: AlarmKind
    need: Need


@dataclass(frozen=True)
class CitizenContact:
    """One contact of the citizen, by its newest facts.

    `notification`: it is a notification of concern, about the citizen or about a child beside the citizen.
    """

    contact_id: UUID
    received_at: datetime
    needs: frozenset[Need]
    notification: bool

    def subjects(self) -> set[Subject]:
        """What this contact can raise an alarm about, together with others."""
        subjects = {Subject(AlarmKind.SAME_NEED, need) for need in self.needs - {Need.CHILD_CONCERN}}
        if self.notification:
            subjects.add(Subject(AlarmKind.CHILD_CONCERN, Need.CHILD_CONCERN))
        return subjects


@dataclass(frozen=True)
class OpenAlarm:
    """An alarm: all contacts of its runs, oldest first, and those that no person has acknowledged yet."""

    contacts: tuple[UUID, ...]
    unseen: frozenset[UUID]
    first_at: datetime
    latest_at: datetime


def open_alarms(
    contacts: Iterable[CitizenContact],
    seen: Mapping[Subject, frozenset[UUID]],
    thresholds: Thresholds,
) -> dict[Subject, OpenAlarm]:
    """The alarms that one citizen's contacts raise, by subject.

    `seen` holds, for each subject, the contacts of the alarms that a person has acknowledged: they raise
    an alarm again only together with one that came since.
    """
    by_subject: dict[Subject, dict[UUID, CitizenContact]] = {}
    for contact in contacts:
        for subject in contact.subjects():
            by_subject.setdefault(subject, {})[contact.contact_id] = contact
    found = {
        subject: _raised(subject, _in_order(those.values()), seen.get(subject, frozenset()), thresholds)
        for subject, those in by_subject.items()
    }
    return {subject: raised for subject, raised in found.items() if raised is not None}


def _in_order(contacts: Iterable[CitizenContact]) -> list[CitizenContact]:
    return sorted(contacts, key=lambda one: (one.received_at, one.contact_id))


def _raised(
    subject: Subject, contacts: Sequence[CitizenContact], seen: frozenset[UUID], thresholds: Thresholds
) -> OpenAlarm | None:
    alarming = [
        run for run in _runs(subject, contacts, thresholds) if any(one.contact_id not in seen for one in run)
    ]
    together = [one for run in alarming for one in run]
    if not together:
        return None
    ids = tuple(one.contact_id for one in together)
    return OpenAlarm(ids, frozenset(ids) - seen, together[0].received_at, together[-1].received_at)


def _runs(
    subject: Subject, contacts: Sequence[CitizenContact], thresholds: Thresholds
) -> list[Sequence[CitizenContact]]:
    """The contacts of every stretch that has enough of them; stretches that share a contact make one run."""
    moments = [one.received_at for one in contacts]
    runs: list[tuple[int, int]] = []
    for first, after in sorted(_stretches(subject, moments, thresholds)):
        if runs and first < runs[-1][1]:
            begin, end = runs.pop()
            runs.append((begin, max(end, after)))
        else:
            runs.append((first, after))
    return [contacts[first:after] for first, after in runs]


def _stretches(
    subject: Subject, moments: Sequence[datetime], thresholds: Thresholds
) -> Iterator[tuple[int, int]]:
    """Each stretch of enough contacts that ends with one of them: its first place, and the place after it."""
    for last, moment in enumerate(moments):
        threshold = thresholds.of(subject.kind, subject.need, moment)
        if threshold is None:
            continue
        first = bisect_left(moments, moment - threshold.within)
        if last + 1 - first >= threshold.contacts:
            yield first, last + 1
