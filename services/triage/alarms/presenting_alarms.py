"""Stored alarms as they are answered."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml

from services.triage.alarms.alarm_schemas import (
    AcknowledgedOut,
    AlarmBrief,
    AlarmContact,
    AlarmOut,
    AlarmStatus,
)
from services.triage.alarms.alarm_thresholds import AlarmKind
from services.triage.models import AlarmRow
from services.triage.needs.vocabulary import load_needs
from shared.ids import reference_of, show_reference
from shared.vocabulary import Need
from shared.working_days import local_date

_TEXTS_FILE = Path(__file__).parents[1] / "texts" / "alarms.yaml"


@cache
def _texts() -> dict[str, str]:
    read: dict[str, str] = yaml.safe_load(_TEXTS_FILE.read_text(encoding="utf-8"))
    return read


@cache
def _label(need: Need) -> str:
    return load_needs().by_code[need].label.lower()


def alarm_text(alarm: AlarmRow) -> str:
    """The alarm in a Danish sentence."""
    since = local_date(alarm.first_at).strftime("%d.%m.%Y")
    label = _label(Need(alarm.need))
    return _texts()[alarm.kind].format(count=len(alarm.contacts), since=since, need=label)


def brief(alarm: AlarmRow) -> AlarmBrief:
    return AlarmBrief(
        id=alarm.id,
        kind=AlarmKind(alarm.kind),
        need=Need(alarm.need),
        contacts=len(alarm.contacts),
        text=alarm_text(alarm),
    )


def contacts_of(alarms: Iterable[AlarmRow]) -> set[UUID]:
    """All contacts that these alarms hold."""
    return {UUID(contact_id) for alarm in alarms for contact_id in alarm.contacts}


def present_alarm(alarm: AlarmRow, received_at: Mapping[UUID, datetime]) -> AlarmOut:
    """The alarm without the citizen's key and without the person who acknowledged it."""
    contacts = [
        AlarmContact(
            contact_id=contact_id,
            reference=show_reference(reference_of(contact_id)),
            received_at=received_at[contact_id],
            unseen=str(contact_id) in alarm.unseen,
        )
        for contact_id in map(UUID, alarm.contacts)
    ]
    return AlarmOut(
        id=alarm.id,
        kind=AlarmKind(alarm.kind),
        need=Need(alarm.need),
        text=alarm_text(alarm),
        status=AlarmStatus(alarm.status),
        version=alarm.version,
        contacts=contacts,
        raised_at=alarm.raised_at,
        acknowledged=_acknowledged(alarm),
    )


def _acknowledged(alarm: AlarmRow) -> AcknowledgedOut | None:
    if alarm.status != AlarmStatus.ACKNOWLEDGED or alarm.ended_at is None:
        return None
    return AcknowledgedOut(at=alarm.ended_at, role=alarm.role or "", reason=alarm.reason or "")
