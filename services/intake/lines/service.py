"""Configures the city's lines: from a file (DSI_LINES_FILE) that is read at each start, or over HTTP.

A line that is in the file has exactly the periods of the file. A line that is removed from the file stays in
storage, because contacts name it: to end it, give its last period a `valid_to`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from services.intake.lines import repository
from services.intake.lines.conflicts import conflicts_among, conflicts_of
from services.intake.lines.lines import Line
from services.intake.lines.schemas import ConfiguredLine, LineIn, LinesFile
from services.intake.problems import ContradictingLines
from shared.etags import require_version
from shared.problems import FieldError
from shared.unit_of_work import UnitOfWork


def read_lines_file(file: Path) -> list[ConfiguredLine]:
    """The lines of the file. Raises pydantic's ValidationError, which names the wrong field."""
    return LinesFile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).lines


async def store_lines(work: UnitOfWork, configured: list[ConfiguredLine]) -> None:
    """Store the file's lines; an unchanged file changes nothing.

    Raises ContradictingLines, with nothing stored, when two of them conflict, or one with a stored line.
    """
    lines = [line.as_line() for line in configured]
    stored = await repository.read_lines(work.session)
    named = {line.code for line in lines}
    if _columns(lines) == _columns(line for line in stored if line.code in named):
        return
    rest = [line for line in stored if line.code not in named]
    wrong = conflicts_among([*rest, *lines])
    if wrong:
        raise ContradictingLines(
            "; ".join(f"{line.code} from {line.valid_from}: {found.message}" for line, found in wrong),
            errors=[FieldError(pointer=found.pointer, message=found.message) for _, found in wrong],
        )
    version = await repository.begin_change(work.session)
    await repository.replace_lines(work.session, [replace(line, edition=version) for line in lines])


def _columns(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The stored columns of the lines except their edition, for comparison."""
    rows = [repository.columns_of(replace(line, edition=0)) for line in lines]
    return sorted(rows, key=lambda columns: (columns["code"], columns["valid_from"]))


async def put_line(
    work: UnitOfWork, code: str, valid_from: date, body: LineIn, if_match: str | None
) -> tuple[Line, bool]:
    """Store one period, and return whether it is new. Changing an existing one needs its ETag.

    Raises ContradictingLines, VersionRequired, StaleVersion. All replicas use it within seconds.
    """
    # First of all: it locks the version, so that two changes cannot be checked against the same lines and
    # contradict each other once both are stored.
    version = await repository.begin_change(work.session)
    stored = await repository.read_lines(work.session)
    before = next((line for line in stored if (line.code, line.valid_from) == (code, valid_from)), None)
    if before is not None:
        require_version(if_match, before.edition)
    line = body.in_period(code, valid_from, edition=version)
    wrong = conflicts_of(line, [other for other in stored if other is not before])
    if wrong:
        raise ContradictingLines(
            errors=[FieldError(pointer=found.pointer, message=found.message) for found in wrong]
        )
    await repository.store_line(work.session, line)
    return line, before is None
