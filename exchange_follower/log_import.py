"""Imports a whole queue_log through the same endpoint as live lines (`dsi import queue-log`)."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx

from services.intake.delivery_store.schemas import MOST_EVENTS, Receipt
from services.intake.telephony.asterisk_queue_log.lines import as_text, seconds_of

#: Well below the limit of a body.
_MOST_CHARACTERS = 400_000


@dataclass(frozen=True)
class ImportCount:
    """How many calls and visits the file has, and how many of its lines were new; counted after the import.

    `uninterpretable` counts all deliveries of this exchange that are set aside, earlier ones included.
    """

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
    derive: Callable[[], Awaitable[None]] | None = None,
) -> ImportCount:
    """Post the file's lines in batches. Importing a file again, or more of it later, adds only what is new.

    `client` reaches intake with a token of the role service; `progress` is called with each batch's number of
    lines; `derive` derives calls from what was posted, where the service does not do so by itself.
    Raises LinesRefusedError, and httpx.HTTPError when intake cannot be reached.
    """
    receipts = list[Receipt]()
    lines = [as_text(line.rstrip(b"\r")) for line in path.read_bytes().split(b"\n") if line.strip()]
    for batch in batches(lines):
        answer = await client.post(
            "/v1/telephony/asterisk",
            content="\n".join(batch).encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
        )
        if answer.status_code != httpx.codes.ACCEPTED:
            raise LinesRefusedError(str(answer.status_code))
        receipts.append(Receipt.model_validate_json(answer.content))
        progress(len(batch))
    if derive is not None:
        await derive()
    named = {line.split("|")[1] for line in lines if line.count("|")}
    calls = [call async for call in _all_items(client, "/v1/calls") if call["call_id"] in named]
    aside = _all_items(client, "/v1/telephony/deliveries", state="set_aside")
    return _count(receipts, calls, sum([1 async for _ in aside]))


async def _all_items(client: httpx.AsyncClient, path: str, **more: str) -> AsyncIterator[dict[str, Any]]:
    """All items of a list that are this exchange's, page by page."""
    params = {"source": "asterisk", "limit": "200", **more}
    while True:
        page = (await client.get(path, params=params)).raise_for_status().json()
        for item in page["items"]:
            yield item
        if page["next_cursor"] is None:
            return
        params["cursor"] = page["next_cursor"]


def _count(receipts: Sequence[Receipt], calls: Sequence[dict[str, Any]], set_aside: int) -> ImportCount:
    outcomes = Counter(call["outcome"] for call in calls)
    return ImportCount(
        calls=len(calls),
        visits=sum(len(call["visits"]) for call in calls),
        answered=outcomes["answered"],
        abandoned=outcomes["abandoned"],
        lost=outcomes["lost"],
        new_deliveries=sum(receipt.new for receipt in receipts),
        duplicates=sum(receipt.duplicates for receipt in receipts),
        uninterpretable=set_aside,
    )


def batches(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines in batches that intake takes, never cut within a second: equal lines stay together.

    Only a second of more lines than intake takes at once is cut all the same.
    """
    batch = list[str]()
    for second in _seconds(lines):
        too_many = len(batch) + len(second) > MOST_EVENTS
        if batch and (too_many or sum(map(len, batch)) > _MOST_CHARACTERS):
            yield batch
            batch = []
        batch += second
    if batch:
        yield batch


def _seconds(lines: Sequence[str]) -> Iterator[list[str]]:
    for _, same in groupby(zip(seconds_of(lines), lines, strict=True), key=itemgetter(0)):
        second = [line for _, line in same]
        for start in range(0, len(second), MOST_EVENTS):
            yield second[start : start + MOST_EVENTS]
