"""What this installation keeps at hand for each piece of work: its vault and its lines.

Lines change while we run, here or in another replica. So they are read anew when their version has changed,
which is looked up at most every two seconds, by the request that happens to come then; the others go on with
the lines at hand, and no statement is added to them.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.datastructures import State

from services.intake.lines import repository
from services.intake.lines.lines import Lines
from services.intake.vault import Said, Vault, key_of
from shared.phone_numbers import normalised_phone
from shared.unit_of_work import Context


def vault_of(context: Context) -> Vault:
    """The vault of this installation."""
    vault: Vault = context.state.vault
    return vault


def lines_of(context: Context) -> Lines:
    """The lines of this city."""
    lines: Lines = context.state.lines
    return lines


LINES_HOLD = timedelta(seconds=2)


async def keep_lines_fresh(request: Request) -> None:
    """A route's dependency: the lines at hand are at most so old as `LINES_HOLD` says."""
    await refresh_lines(request.app.state)


async def refresh_lines(state: State) -> None:
    """Read the lines anew when it is time to look, and they have changed."""
    now = state.clock.now()
    if abs(now - state.lines_seen_at) < LINES_HOLD:
        return
    # Before storage is asked, so that whoever comes meanwhile does not ask as well.
    state.lines_seen_at = now
    async with state.database.reading() as session:
        if await repository.lines_version(session) != state.lines.version:
            state.lines = await repository.read_lines(session)


def sealed_columns(vault: Vault, contact_id: UUID, said: Said) -> dict[str, Any]:
    """The columns that hold what was said, and what it is found by."""
    sealed = vault.seal_said(contact_id, said)
    return {
        "said": sealed,
        "said_key": key_of(sealed),
        "cpr_index": vault.index_of("cpr", said.cpr),
        "phone_index": vault.index_of("phone", normalised_phone(said.phone)),
    }
