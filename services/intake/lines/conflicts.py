"""Conflicts between periods of lines: each contact and call must belong to exactly one line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intake.lines.lines import Line


@dataclass(frozen=True)
class LineConflict:
    """What is wrong with a line's period: `pointer` is the field (RFC 6901)."""

    pointer: str
    message: str


def conflicts_of(line: Line, others: Iterable[Line]) -> list[LineConflict]:
    """Why `line` cannot be valid together with `others`, which do not include it."""
    found = list(_within(line))
    for other in others:
        if line.period.overlaps(other.period):
            found += _between(line, other)
    return found


def conflicts_among(lines: Iterable[Line]) -> list[tuple[Line, LineConflict]]:
    """Every conflict among these periods; that of two is returned with the one later in the list."""
    found, earlier = list[tuple[Line, LineConflict]](), list[Line]()
    for line in lines:
        found += [(line, conflict) for conflict in conflicts_of(line, earlier)]
        earlier.append(line)
    return found


def _within(line: Line) -> Iterator[LineConflict]:
    if line.period.is_reversed:
        yield LineConflict("/valid_to", "lies before valid_from")


def _between(line: Line, other: Line) -> Iterator[LineConflict]:
    named = f"{other.code} from {other.valid_from}"
    if line.code == other.code:
        yield LineConflict("/valid_to", f"overlaps the period {named}")
        return
    if line.is_default and other.is_default and line.channel == other.channel:
        yield LineConflict("/is_default", f"{named} is the default of this channel at that time")
    for place, queue in enumerate(line.telephony_queues):
        if queue in other.telephony_queues:
            yield LineConflict(f"/telephony_queues/{place}", f"belongs to {named} at that time")
    for source, queues in line.queues_by_source.items():
        theirs = other.queues_by_source.get(source, ())
        for place, queue in enumerate(queues):
            if queue in theirs:
                pointer = f"/queues_by_source/{source}/{place}"
                yield LineConflict(pointer, f"belongs to {named} at that time")
    for place, number in enumerate(line.called_numbers):
        if number in other.called_numbers:
            yield LineConflict(f"/called_numbers/{place}", f"belongs to {named} at that time")
