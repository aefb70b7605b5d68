"""The city's lines as configured in a file (DSI_LINES_FILE): read at each start, the file is right.

A line that left the file stays in storage, since contacts name it; give it a `valid_to` instead.
"""

from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.intake.repository import LINES
from services.intake.schemas import LineCode
from shared.database import upsert
from shared.vocabulary import Channel
from shared.work import Work


class ConfiguredLine(BaseModel):
    """A line as it stands in the file."""

    model_config = ConfigDict(extra="forbid")

    code: LineCode
    name: str = Field(min_length=1, max_length=120)
    channel: Channel
    reception_queue: str = Field(min_length=1, max_length=60)
    is_default: bool = False
    telephony_queues: list[str] = []
    valid_from: date
    valid_to: date | None = None
    ticket_prefix: str | None = Field(None, max_length=4)


class ConfiguredLines(BaseModel):
    """The whole file."""

    lines: list[ConfiguredLine]


def read_lines_file(file: Path) -> list[ConfiguredLine]:
    """The lines of the file. Raises pydantic's ValidationError, which says where the file is wrong."""
    return ConfiguredLines.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).lines


async def store_lines(work: Work, lines: list[ConfiguredLine]) -> None:
    """Store each line, new or in place of what was stored by its code."""
    for line in lines:
        values = line.model_dump()
        values["channel"] = line.channel.value
        add = upsert(work.session, LINES).values(**values)
        await work.session.execute(add.on_conflict_do_update(index_elements=["code"], set_=values))
