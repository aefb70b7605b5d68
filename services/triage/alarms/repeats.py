"""When the same concern has come so often that a person must look: the thinking behind the repeat alarm.

Eleven notifications about two children reached a municipality, each one was dealt with by itself, and nobody
acted on them together (the Danish Ombudsman, FOB 2014-19). What alarms is told by the *set* of a citizen's
contacts, by the moments they were received at; in which order, how late or how often they were told of makes
no difference. Nothing here knows who the citizen is.
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
class Sighting:
    """One contact of the citizen, as its newest facts tell of it.

    `notification`: it is a notification of concern, about the citizen or about a child beside the citizen.
    """

    contact_id: UUID
    received_at: datetime
    needs: frozenset[Need]
    notification: bool

    def subjects(self) -> set[Subject]:
        """All that this contact can alarm about together with others."""
        subjects = {Subject(AlarmKind.SAME_NEED, need) for need in self.needs - {Need.CHILD_CONCERN}}
        if self.notification:
            subjects.add(Subject(AlarmKind.CHILD_CONCERN, Need.CHILD_CONCERN))
        return subjects


@dataclass(frozen=True)
class Raised:
    """An alarm that is open: all contacts of its run, oldest first, and which of them nobody has seen yet."""

    contacts: tuple[UUID, ...]
    unseen: frozenset[UUID]
    first_at: datetime
    latest_at: datetime


def open_alarms(
    sightings: Iterable[Sighting],
    seen: Mapping[Subject, frozenset[UUID]],
    thresholds: Thresholds,
) -> dict[Subject, Raised]:
    """What a person has to look at, of one citizen's contacts.

    `seen` holds, for each subject, the contacts of the alarms that a person has acknowledged: they alarm
    again only together with one that came since.
    """
    by_subject: dict[Subject, dict[UUID, Sighting]] = {}
    for sighting in sightings:
        for subject in sighting.subjects():
            by_subject.setdefault(subject, {})[sighting.contact_id] = sighting
    found = {
        subject: _raised(subject, _in_order(those.values()), seen.get(subject, frozenset()), thresholds)
        for subject, those in by_subject.items()
    }
    return {subject: raised for subject, raised in found.items() if raised is not None}


def _in_order(sightings: Iterable[Sighting]) -> list[Sighting]:
    return sorted(sightings, key=lambda one: (one.received_at, one.contact_id))


def _raised(
    subject: Subject, contacts: Sequence[Sighting], seen: frozenset[UUID], thresholds: Thresholds
) -> Raised | None:
    alarming = [
        run for run in _runs(subject, contacts, thresholds) if any(one.contact_id not in seen for one in run)
    ]
    together = [one for run in alarming for one in run]
    if not together:
        return None
    ids = tuple(one.contact_id for one in together)
    return Raised(ids, frozenset(ids) - seen, together[0].received_at, together[-1].received_at)


def _runs(subject: Subject, contacts: Sequence[Sighting], thresholds: Thresholds) -> list[Sequence[Sighting]]:
    """The contacts of every stretch that holds enough of them; stretches that share one make one run."""
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
