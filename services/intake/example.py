"""The example city's lines, loaded where there are none yet."""

from pathlib import Path

import yaml
from sqlalchemy import insert, select

from services.intake.repository import LINES
from shared.work import Work

_OPTIONAL: dict[str, object] = {"valid_to": None, "ticket_prefix": None, "telephony_queues": []}
_FILE = Path(__file__).parent / "example" / "lines.yaml"


async def load_example(work: Work) -> None:
    """Store the lines of `example/lines.yaml`, unless somebody configured lines already."""
    if (await work.session.execute(select(LINES.c.code).limit(1))).first() is None:
        rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["lines"]
        await work.session.execute(insert(LINES), [{**_OPTIONAL, **row} for row in rows])
