"""A contact's status: how a call, an entry and a person may each change it."""

from collections.abc import Callable

import pytest

from services.intake.contacts.contact_status import (
    ContactState,
    ContactStatus,
    Outcome,
    after_call,
    after_registered,
    after_released,
    after_returned,
    after_taken,
    after_triaged,
    closed,
    outcome_named,
)

BY_CALL = {
    "ringing": (ContactStatus.WAITING, None),
    "waiting": (ContactStatus.WAITING, None),
    "answered": (ContactStatus.OPEN, None),
    "abandoned": (ContactStatus.CLOSED, Outcome.ABANDONED),
    "lost": (ContactStatus.CLOSED, Outcome.LOST),
}


@pytest.mark.parametrize("outcome", ["ringing", "waiting", "answered", "abandoned", "lost"])
def test_a_call_moves_its_contact_until_a_person_or_an_entry_has(outcome: str) -> None:
    for before in (
        None,
        ContactState(ContactStatus.WAITING),
        ContactState(ContactStatus.CLOSED, Outcome.ABANDONED),
    ):
        after = after_call(before, outcome)  # type: ignore[arg-type]  # parametrize gives plain strings
        assert (after.status, after.outcome, after.moved_by) == (*BY_CALL[outcome], "call")


@pytest.mark.parametrize("status", list(ContactStatus))
def test_a_call_never_reverts_a_person_or_an_entry(status: ContactStatus) -> None:
    for mover in (ContactState(status, moved_by="person"), ContactState(status, moved_by="entry")):
        assert after_call(mover, "abandoned") == mover


Change = Callable[[ContactState], ContactState]
CHANGES: dict[Change, dict[ContactStatus, ContactStatus]] = {
    after_taken: {ContactStatus.WAITING: ContactStatus.OPEN},
    after_released: {ContactStatus.OPEN: ContactStatus.WAITING},
    after_registered: {
        ContactStatus.WAITING: ContactStatus.REGISTERED,
        ContactStatus.OPEN: ContactStatus.REGISTERED,
    },
    after_triaged: {
        status: ContactStatus.TRIAGED for status in ContactStatus if status is not ContactStatus.CLOSED
    },
    after_returned: {ContactStatus.TRIAGED: ContactStatus.REGISTERED},
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_starts_from_its_own_statuses_only(change: Change) -> None:
    for status in ContactStatus:
        assert change(ContactState(status)).status == CHANGES[change].get(status, status)


def test_an_unknown_outcome_counts_as_completed() -> None:
    assert closed(outcome_named("advised"), "entry").outcome == Outcome.ADVISED
    assert closed(outcome_named("vanished"), "entry").outcome == Outcome.COMPLETED
