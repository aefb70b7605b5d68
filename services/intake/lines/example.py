"""Loads the example city's lines at the first start."""

from pathlib import Path

from sqlalchemy import select

from services.intake.lines.repository import LINES
from services.intake.lines.service import read_lines_file, store_lines
from shared.unit_of_work import UnitOfWork

_FILE = Path(__file__).parent / "example.yaml"


async def load_example(work: UnitOfWork) -> None:
    """Store the lines of `example.yaml`, unless any line is configured already."""
    if (await work.session.execute(select(LINES.c.code).limit(1))).first() is None:
        await store_lines(work, read_lines_file(_FILE))
