"""Brings a whole queue_log in, through the same door as live lines (`dsi import queue-log`)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import httpx

from services.intake.call_schemas import MOST_EVENTS, CallBrief, Receipt

#: Well below the limit of a body.
_MOST_CHARACTERS = 400_000


@dataclass(frozen=True)
class ImportCount:
    """What the file told, and what of it was new. Calls are counted as they stand after the import."""

    calls: int
    visits: int
    answered: int
    abandoned: int
    lost: int
    new_deliveries: int
    duplicates: int
    uninterpretable: int


class LinesRefusedError(Exception):
    """Intake did not take the lines: the status of its answer. What came before is stored."""


async def import_queue_log(
    client: httpx.AsyncClient,
    path: Path,
    *,
    progress: Callable[[int], None] = lambda _lines: None,
) -> ImportCount:
    """Post the file's lines in batches. Importing a file again, or more of it later, adds only what is new.

    `client` reaches intake with a token of the role telephony; `progress` is told how many lines each
    batch had. Raises LinesRefusedError, and httpx.HTTPError when intake cannot be reached.
    """
    receipts, calls = list[Receipt](), dict[str, CallBrief]()
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    for batch in batches(lines):
        answer = await client.post(
            "/v1/telephony/asterisk",
            content="\n".join(batch).encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
        )
        if answer.status_code != httpx.codes.ACCEPTED:
            raise LinesRefusedError(str(answer.status_code))
        receipts.append(Receipt.model_validate_json(answer.content))
        calls |= {call.call_id: call for call in receipts[-1].calls}
        progress(len(batch))
    return _count(receipts, list(calls.values()))


def _count(receipts: Sequence[Receipt], calls: Sequence[CallBrief]) -> ImportCount:
    return ImportCount(
        calls=len(calls),
        visits=sum(call.visits for call in calls),
        answered=sum(call.outcome == "answered" for call in calls),
        abandoned=sum(call.outcome == "abandoned" for call in calls),
        lost=sum(call.outcome == "lost" for call in calls),
        new_deliveries=sum(receipt.new for receipt in receipts),
        duplicates=sum(receipt.duplicates for receipt in receipts),
        uninterpretable=sum(receipt.uninterpretable for receipt in receipts),
    )


def batches(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines in batches that intake takes, never cut within a second: equal lines stay together."""
    batch = list[str]()
    for _, same in groupby(lines, key=lambda line: line.partition("|")[0]):
        second = list(same)
        too_many = len(batch) + len(second) > MOST_EVENTS
        if batch and (too_many or sum(map(len, batch)) > _MOST_CHARACTERS):
            yield batch
            batch = []
        batch += second
    if batch:
        yield batch
