"""A contact while it is handled, and the answers of intake that only its page reads."""

from dataclasses import dataclass
from typing import Literal

from pydantic import AwareDatetime

from services.desk.api_models import ApiModel
from services.desk.form import Fields
from services.desk.intake_models import Contact
from services.desk.routing_models import Estimate
from services.desk.triage_models import Assessment, Decision
from shared.vocabulary import Channel


@dataclass(frozen=True)
class HandledContact:
    """A contact as intake stores it, with the form as it was left: as a draft, or as it was just sent."""

    contact: Contact
    etag: str
    fields: Fields
    draft_etag: str | None = None


@dataclass(frozen=True)
class Outcome:
    """Where a contact went, and the wait to expect there."""

    contact: Contact
    assessment: Assessment | None
    estimate: Estimate | None

    @property
    def decision(self) -> Decision | None:
        """What was decided, if anything was."""
        return self.assessment.decision if self.assessment else None


class Draft(ApiModel):
    """The form as somebody left it."""

    content: dict[str, list[str]]


class Candidate(ApiModel):
    """An earlier contact from the same number."""

    id: str
    reference: str
    received_at: AwareDatetime
    channel: Channel
    status: Literal["waiting", "open", "registered", "triaged", "closed"]
    relation: Literal["self", "parent", "relative", "professional", "other"] | None = None


class CandidatePerson(ApiModel):
    """A person whom earlier contacts from the same number were about."""

    name: str | None = None
    address_protected: bool
    contacts: list[Candidate]


class Candidates(ApiModel):
    """Everyone whom earlier contacts from the same number were about."""

    people: list[CandidatePerson]
