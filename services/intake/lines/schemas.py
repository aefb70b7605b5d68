"""Lines on the wire and in the configuration file."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, field_validator

from services.intake.lines.lines import Line
from services.intake.telephony.canonical import Source
from services.intake.wire import Closed, LineCode
from shared.paging import Page
from shared.phone_numbers import normalised_phone
from shared.vocabulary import Administration, Channel

QueueName = Annotated[str, StringConstraints(min_length=1, max_length=120)]
QueueCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
_MOST = 200


class LineIn(Closed):
    """A line in one period of it."""

    name: str = Field(min_length=1, max_length=120, examples=["Hovednummeret"])
    channel: Channel = Field(examples=["phone"])
    reception_queue: QueueCode = Field(description="Where its contacts wait", examples=["reception-phone"])
    is_default: bool = Field(False, description="For contacts without a line and queues of no line")
    telephony_queues: list[QueueName] = Field(
        [], max_length=_MOST, description="The exchange's queues, by name", examples=[["socialservice"]]
    )
    queues_by_source: dict[Source, list[QueueName]] = Field(
        {},
        max_length=_MOST,
        description="Queues of one exchange alone, where two exchanges use the same name",
        examples=[{"pbx-2": ["socialservice"]}],
    )
    called_numbers: list[str] = Field(
        [], max_length=_MOST, description="The city's own numbers", examples=[["+4520000000"]]
    )
    administration: Administration | None = Field(None, description="Whose people answer", examples=["KFF"])
    opening_hours: QueueCode | None = Field(
        None, description="The code of its opening hours, as routing knows them", examples=["reception"]
    )
    short_call_seconds: float | None = Field(
        None,
        ge=0,
        le=60,
        description="Giving up within it may mean a call by accident",
        examples=[5],
    )
    valid_to: date | None = Field(None, description="Its last day", examples=["2026-03-31"])
    ticket_prefix: str | None = Field(None, max_length=4, examples=["A"])

    @field_validator("called_numbers")
    @classmethod
    def _in_one_form(cls, numbers: list[str]) -> list[str]:
        normalised = [number for number in map(normalised_phone, numbers) if number is not None]
        if len(normalised) < len(numbers):
            raise ValueError("one of them is not a phone number")
        return normalised

    def in_period(self, code: str, valid_from: date, *, edition: int) -> Line:
        """The line with that code in the period that begins on that day."""
        values = {name: getattr(self, name) for name in LineIn.model_fields}
        return Line(code=code, valid_from=valid_from, edition=edition, **values)


class ConfiguredLine(LineIn):
    """A line's period in the file."""

    code: LineCode
    valid_from: date

    def as_line(self) -> Line:
        """The period. Its edition is 0 until it is stored."""
        return self.in_period(self.code, self.valid_from, edition=0)


class LinesFile(BaseModel):
    """The whole configuration file."""

    lines: list[ConfiguredLine]


class LineOut(BaseModel):
    """A period of a phone line, mailbox or entrance."""

    code: str = Field(examples=["hovednummer"])
    name: str = Field(examples=["Hovednummeret"])
    channel: Channel
    reception_queue: str = Field(examples=["reception-phone"])
    is_default: bool
    telephony_queues: list[str] = Field(examples=[["socialservice"]])
    queues_by_source: dict[str, list[str]] = Field(examples=[{"pbx-2": ["socialservice"]}])
    called_numbers: list[str] = Field(examples=[["+4520000000"]])
    administration: Administration | None = Field(None, description="Whose people answer", examples=["KFF"])
    opening_hours: str | None = Field(None, examples=["reception"])
    short_call_seconds: float | None = Field(None, examples=[5])
    ticket_prefix: str | None = Field(None, examples=["A"])
    valid_from: date
    valid_to: date | None = Field(None, description="Its last day; null when none is set")
    edition: int = Field(description="The ETag's number", examples=[1])

    @classmethod
    def of(cls, line: Line) -> Self:
        """The period as it is stored."""
        return cls.model_validate(line, from_attributes=True)


class UnclaimedQueue(BaseModel):
    """A queue of an exchange that had calls, and that belongs to no line."""

    source: str = Field(examples=["asterisk"])
    queue: str = Field(examples=["nobody"])
    calls: int = Field(description="Calls that were in it in the last 28 days", examples=[12])
    last_call_at: datetime


class LinesPage(Page[LineOut]):
    """All lines, and for operations the exchanges' queues that no line has."""

    unclaimed_queues: list[UnclaimedQueue] | None = Field(
        None, description="For operations; until a line has them, their calls count as the default line's"
    )
