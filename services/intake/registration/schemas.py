"""A contact to register, on the wire."""

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from services.intake.contacts.schemas import CitizenIn, ContactPerson, Summary
from services.intake.wire import Closed, LineCode
from shared.contracts import Facts
from shared.moments import Moment
from shared.vocabulary import Channel

_FACTS: JsonDict = {"needs": ["loneliness", "debt"], "district": 3}


def _empty_if_null(part: object) -> object:
    """A part that is sent as null means the same as one that is left out."""
    return {} if part is None else part


class ContactIn(Closed):
    """A contact to register."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "walk_in",
                    "citizen": {"age": 36, "name": "Alma Andersen"},
                    "contact_person": {"relation": "self"},
                    "summary": "Vil gerne tale med nogen om sin gæld.",
                    "facts": _FACTS,
                }
            ]
        }
    )

    channel: Channel = Field(examples=["phone"])
    received_at: Moment | None = Field(
        None, description="Default now; the past is allowed, more than 5 minutes ahead is not"
    )
    line: LineCode | None = Field(None, description="Default: the channel's own", examples=["hovednummer"])
    citizen: Annotated[CitizenIn, BeforeValidator(_empty_if_null, CitizenIn | None)] = CitizenIn()
    contact_person: Annotated[ContactPerson, BeforeValidator(_empty_if_null, ContactPerson | None)] = (
        ContactPerson()
    )
    summary: Summary | None = Field(None, examples=["Vil gerne tale med nogen om sin gæld."])
    facts: Facts | None = Field(None, description="As far as known (triage-policy.md)", examples=[_FACTS])
