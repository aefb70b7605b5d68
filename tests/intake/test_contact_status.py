"""A contact's status: what a call, an entry and a person may each do to it."""

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
def test_a_call_moves_its_contact_while_nobody_else_has(outcome: str) -> None:
    for before in (
        None,
        ContactState(ContactStatus.WAITING),
        ContactState(ContactStatus.CLOSED, Outcome.ABANDONED),
    ):
        after = after_call(before, outcome)  # type: ignore[arg-type]  # parametrize gives plain strings
        assert (after.status, after.outcome, after.moved_by) == (*BY_CALL[outcome], "call")


@pytest.mark.parametrize("status", list(ContactStatus))
def test_a_call_never_takes_back_what_a_person_did(status: ContactStatus) -> None:
    for mover in (ContactState(status, moved_by="person"), ContactState(status, moved_by="entry")):
        assert after_call(mover, "abandoned") == mover


Move = Callable[[ContactState], ContactState]
MOVES: dict[Move, dict[ContactStatus, ContactStatus]] = {
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


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.__name__)
def test_each_move_starts_from_its_own_places_only(move: Move) -> None:
    for status in ContactStatus:
        assert move(ContactState(status)).status == MOVES[move].get(status, status)


def test_a_closed_contact_has_an_outcome_also_when_we_do_not_know_the_word() -> None:
    assert closed(outcome_named("advised"), "entry").outcome == Outcome.ADVISED
    assert closed(outcome_named("vanished"), "entry").outcome == Outcome.COMPLETED
