"""Posts recorded calls to intake's telephony endpoint, and compares what it derives with the record."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import httpx

from exchange_follower.log_import import LinesRefusedError
from research_calls.calls_file import Disorder, deliveries
from research_calls.recorded_calls import Flaw, RecordedCall, flaws_of
from services.intake.calls.schemas import CallItem
from services.intake.delivery_store.schemas import Receipt
from services.intake.telephony.canonical import CallEvent
from shared.paging import Page

#: Events in one request.
BATCH = 500
_PAGE = 500


@dataclass
class ImportTally:
    """How many deliveries were sent, how many of them were new to intake, and how many it had already."""

    deliveries: int = 0
    new: int = 0
    duplicates: int = 0


@dataclass
class Comparison:
    """Derived calls against recorded ones. `digest` is the same when all that was derived is the same."""

    consistent: int = 0
    equal: int = 0
    differing: list[str] = field(default_factory=list)
    flaws: Counter[Flaw] = field(default_factory=Counter)
    flawed_and_differing: Counter[Flaw] = field(default_factory=Counter)
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """What intake derived of one call: its outcome, and the seconds waited in all its queues."""

    outcome: str
    wait_seconds: float
    calls: int = 1


async def import_calls(
    client: httpx.AsyncClient,
    calls: Iterable[RecordedCall],
    source: str,
    disorder: Disorder,
    *,
    progress: Callable[[int], None] = lambda _events: None,
) -> ImportTally:
    """Post the events of the calls, in batches, in the order in which they arrive.

    `client` reaches intake with a token of the role telephony. Importing again changes nothing. Raises
    LinesRefusedError, and httpx.HTTPError when intake cannot be reached; what came before is stored.
    """
    tally = ImportTally()
    for batch in _batches(deliveries(calls, source, disorder)):
        body = ",".join(event.model_dump_json(by_alias=True, exclude_none=True) for event in batch)
        answer = await client.post(
            "/v1/telephony/events", content=f"[{body}]", headers={"Content-Type": "application/json"}
        )
        if answer.status_code != httpx.codes.ACCEPTED:
            raise LinesRefusedError(str(answer.status_code))
        receipt = Receipt.model_validate_json(answer.content)
        tally.deliveries += receipt.received
        tally.new += receipt.new
        tally.duplicates += receipt.duplicates
        progress(len(batch))
    return tally


def _batches(events: Iterator[CallEvent]) -> Iterator[list[CallEvent]]:
    while batch := list(islice(events, BATCH)):
        yield batch


async def derived_calls(client: httpx.AsyncClient, source: str) -> tuple[dict[str, Derived], str]:
    """All calls of the source, as intake lists them, and their digest. `client` has the role reception."""
    derived, digest = dict[str, Derived](), 0
    cursor = None
    while True:
        params = {"limit": str(_PAGE)} | ({} if cursor is None else {"cursor": cursor})
        answer = await client.get("/v1/calls", params=params)
        if answer.status_code != httpx.codes.OK:
            raise LinesRefusedError(str(answer.status_code))
        page = Page[CallItem].model_validate_json(answer.content)
        for call in page.items:
            if call.source == source:
                derived[call.call_id] = _derived(call, derived.get(call.call_id))
                # Added up, not strung together: pages have the calls in an order that ids break ties of.
                digest += int.from_bytes(hashlib.sha256(_digestible(call)).digest(), "big")
        cursor = page.next_cursor
        if cursor is None:
            return derived, f"{digest % 2**256:064x}"


def _digestible(call: CallItem) -> bytes:
    """All of the call but its contact's id, which differs between installations, and its source."""
    return call.model_dump_json(exclude={"contact_id", "source"}).encode()


def _derived(call: CallItem, before: Derived | None) -> Derived:
    wait = sum(visit.wait_seconds or 0 for visit in call.visits)
    return Derived(call.outcome, wait, 1 if before is None else before.calls + 1)


def compare(calls: Iterable[RecordedCall], derived: dict[str, Derived], digest: str = "") -> Comparison:
    """Outcome and wait of every call against its row; those of flawed rows are counted by kind."""
    found = Comparison(digest=digest)
    for call in calls:
        outcome, wait = call.expected
        is_equal = derived.get(call.call) == Derived(outcome, wait)
        flaws = flaws_of(call)
        if flaws:
            found.flaws.update(flaws)
            found.flawed_and_differing.update(() if is_equal else flaws)
        else:
            found.consistent += 1
            found.equal += is_equal
            found.differing += [] if is_equal else [call.call]
    return found
