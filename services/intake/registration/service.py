"""How a contact is registered: everything is computed first, and then written as one batch of rows.

Only a walk-in reads from storage before, to get the day's next ticket number. Any other contact needs nothing
but inserts, so it can be committed together with those of other requests (shared/group_commit.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.access_log import service as access_log
from services.intake.contacts import repository
from services.intake.contacts.contact_events import registered_event, waiting_event
from services.intake.contacts.contact_status import ContactStatus
from services.intake.contacts.identity import complete_facts, identify, personal_data_of
from services.intake.lines.dependencies import lines_of
from services.intake.lines.lines import Line
from services.intake.models import ContactColumns
from services.intake.problems import ReceivedInFuture, UnknownLine, at_field
from services.intake.registration.schemas import ContactIn
from services.intake.vault import PersonalData, name_words, sealed_columns, vault_of
from shared.access import Principal
from shared.contracts import Facts, QueueVisit
from shared.ids import new_id, reference_of
from shared.row_batch import RowBatch
from shared.unit_of_work import Context, UnitOfWork
from shared.vocabulary import Channel
from shared.working_days import local_date

#: How far ahead of ours a caller's clock may be.
MOST_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class Arrival:
    """A contact's line, the moment it was received, the request's body, and the moment of the request."""

    body: ContactIn
    line: Line
    received_at: datetime
    now: datetime

    @property
    def needs_ticket(self) -> bool:
        """Whether it gets a number by which the citizen is called in."""
        return self.line.channel is Channel.WALK_IN


@dataclass(frozen=True)
class NewContact:
    """A contact that is about to be stored, its personal data, and all rows to be written."""

    contact: ContactColumns
    personal: PersonalData
    rows: RowBatch


def arrival_of(context: Context, body: ContactIn) -> Arrival:
    """Raises ReceivedInFuture, UnknownLine."""
    now = context.clock.now()
    received_at = body.received_at or now
    if received_at > now + MOST_AHEAD:
        raise ReceivedInFuture(errors=at_field("/received_at", "lies more than 5 minutes ahead"))
    line = lines_of(context).chosen(body.channel, body.line, received_at)
    if line is None:
        raise UnknownLine(errors=at_field("/line", "no such line for this channel on that day"))
    return Arrival(body, line, received_at, now)


def new_contact(
    context: Context, who: Principal, arrival: Arrival, purpose: str | None, ticket: str | None = None
) -> NewContact:
    """The contact, waiting at the reception, or registered when facts came with it.

    Its access log entry and its events are among its rows. Raises what `identify` and `complete_facts` raise.
    """
    body, vault = arrival.body, vault_of(context)
    identity = identify(body.citizen, arrival.received_at)
    facts = body.facts and complete_facts(
        body.facts,
        identity.age,
        anonymous=body.citizen.anonymous,
        has_cpr=identity.cpr is not None,
    )
    personal = personal_data_of(identity, body.citizen, body.contact_person, body.summary)
    contact = _contact(context, arrival, personal, facts, ticket)
    rows = RowBatch()
    words = name_words(personal.name, personal.contact_name)
    repository.note_contact(rows, contact, vault.name_indexes(words))
    access_log.add_access(
        rows, who, "create", purpose or access_log.RECEIVING, at=arrival.now, contact=contact.id
    )
    visit = QueueVisit(position=1, queue=arrival.line.reception_queue, entered_at=arrival.received_at)
    context.outbox.note(rows, [waiting_event(contact, [visit], arrival.now)])
    if facts is not None:
        context.outbox.note(rows, [registered_event(contact, facts, arrival.now)])
    return NewContact(contact, personal, rows)


async def create(work: UnitOfWork, who: Principal, arrival: Arrival, purpose: str | None) -> NewContact:
    """Write a new contact in the caller's transaction; a walk-in with the day's next ticket number."""
    ticket = await _next_ticket(work, arrival) if arrival.needs_ticket else None
    new = new_contact(work, who, arrival, purpose, ticket)
    await new.rows.write(work.session)
    return new


async def _next_ticket(work: UnitOfWork, arrival: Arrival) -> str:
    line = arrival.line
    number = await repository.next_ticket(work.session, line.code, local_date(arrival.received_at))
    return f"{line.ticket_prefix or ''}{number}"


def _contact(
    context: Context, arrival: Arrival, personal: PersonalData, facts: Facts | None, ticket: str | None
) -> ContactColumns:
    contact_id, citizen = new_id(), arrival.body.citizen
    return ContactColumns(
        id=contact_id,
        reference=reference_of(contact_id),
        channel=arrival.body.channel,
        line=arrival.line.code,
        status=ContactStatus.WAITING if facts is None else ContactStatus.REGISTERED,
        moved_by="person",
        received_at=arrival.received_at,
        created_at=arrival.now,
        changed_at=arrival.now,
        ticket=ticket,
        anonymous=citizen.anonymous,
        address_protected_until=citizen.address_protected_until,
        facts=None if facts is None else facts.model_dump(mode="json"),
        **sealed_columns(vault_of(context), contact_id, personal),
    )
