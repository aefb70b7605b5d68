"""How a contact comes into being: all of it is settled before storage is asked for anything.

Only a walk-in needs something from storage first, the day's next number. Any other contact is just rows,
which can be written together with those of other requests (shared/grouped.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.access_log import service as access_log
from services.intake.contacts import repository
from services.intake.contacts.contact_events import registered_event, waiting_event
from services.intake.contacts.contact_status import ContactStatus
from services.intake.contacts.identity import Identity, complete_facts, identify
from services.intake.contacts.schemas import CitizenIn, ContactIn, ContactPerson
from services.intake.lines.dependencies import lines_of
from services.intake.lines.lines import Line
from services.intake.models import ContactColumns
from services.intake.problems import ReceivedInFuture, UnknownLine, at_field
from services.intake.vault import PersonalData, name_words, sealed_columns, vault_of
from shared.access import Principal
from shared.clock import COPENHAGEN
from shared.contracts import Facts, QueueVisit
from shared.ids import new_id, reference_of
from shared.phone_numbers import normalised_phone
from shared.row_batch import RowBatch
from shared.unit_of_work import Context, UnitOfWork
from shared.vocabulary import Channel

MOST_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class Arrival:
    """Where and when a contact came in, and what it wishes."""

    body: ContactIn
    line: Line
    received_at: datetime
    now: datetime

    @property
    def needs_ticket(self) -> bool:
        """Whether a number is called out for it."""
        return self.line.channel is Channel.WALK_IN


@dataclass(frozen=True)
class NewContact:
    """A contact as it is going to be: what was said in it, and every row that tells of it."""

    contact: ContactColumns
    said: PersonalData
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
    """The contact waits at the reception, and is registered when facts came with it.

    Its trail and its events are among its rows. Raises what `identify` and `complete_facts` raise.
    """
    body = arrival.body
    identity = identify(body.citizen, arrival.received_at)
    facts = body.facts and _facts_of(body.facts, identity, body.citizen)
    said = said_of(identity, body.citizen, body.contact_person, body.summary)
    contact = _contact(context, arrival, said, facts, ticket)
    rows = RowBatch()
    words = name_words(said.name, said.contact_name)
    repository.note_contact(rows, contact, vault_of(context).name_indexes(words))
    why = purpose or access_log.RECEIVING
    access_log.add_access(rows, who, "create", why, at=arrival.now, contact=contact.id)
    visit = QueueVisit(position=1, queue=arrival.line.reception_queue, entered_at=arrival.received_at)
    context.outbox.note(rows, [waiting_event(contact, [visit], arrival.now)])
    if facts is not None:
        context.outbox.note(rows, [registered_event(contact, facts, arrival.now)])
    return NewContact(contact, said, rows)


async def create(work: UnitOfWork, who: Principal, arrival: Arrival, purpose: str | None) -> NewContact:
    """Write a new contact in the caller's transaction; a walk-in with the day's next number."""
    ticket = await _next_ticket(work, arrival) if arrival.needs_ticket else None
    new = new_contact(work, who, arrival, purpose, ticket)
    await new.rows.write(work.session)
    return new


async def _next_ticket(work: UnitOfWork, arrival: Arrival) -> str:
    line, day = arrival.line, arrival.received_at.astimezone(COPENHAGEN).date()
    number = await repository.next_ticket(work.session, line.code, day)
    return f"{line.ticket_prefix or ''}{number}"


def _contact(
    context: Context, arrival: Arrival, said: PersonalData, facts: Facts | None, ticket: str | None
) -> ContactColumns:
    contact_id = new_id()
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
        anonymous=arrival.body.citizen.anonymous,
        address_protected_until=arrival.body.citizen.address_protected_until,
        facts=None if facts is None else facts.model_dump(mode="json"),
        **sealed_columns(vault_of(context), contact_id, said),
    )


def _facts_of(facts: Facts, identity: Identity, citizen: CitizenIn) -> Facts:
    return complete_facts(facts, identity.age, anonymous=citizen.anonymous, has_cpr=identity.cpr is not None)


def said_of(identity: Identity, citizen: CitizenIn, person: ContactPerson, summary: str | None) -> PersonalData:
    """What was said of the citizen and of who contacts us."""
    return PersonalData(
        cpr=identity.cpr and identity.cpr.digits,
        birth_date=citizen.birth_date,
        age=citizen.age,
        name=citizen.name,
        relation=person.relation,
        contact_name=person.name,
        phone=normalised_phone(person.phone) or person.phone,
        organisation=person.organisation,
        summary=summary or None,
    )
