"""What this installation keeps at hand for each piece of work: its vault and its lines."""

from typing import Any
from uuid import UUID

from services.intake.lines import Lines
from services.intake.said import Said, Vault, key_of
from shared.phone_numbers import normalised_phone
from shared.work import AtHand


def vault_of(at_hand: AtHand) -> Vault:
    """The vault of this installation."""
    vault: Vault = at_hand.state.vault
    return vault


def lines_of(at_hand: AtHand) -> Lines:
    """The lines of this city."""
    lines: Lines = at_hand.state.lines
    return lines


def sealed_columns(vault: Vault, contact_id: UUID, said: Said) -> dict[str, Any]:
    """The columns that hold what was said, and what it is found by."""
    sealed = vault.seal_said(contact_id, said)
    return {
        "said": sealed,
        "said_key": key_of(sealed),
        "cpr_index": vault.index_of("cpr", said.cpr),
        "phone_index": vault.index_of("phone", normalised_phone(said.phone)),
    }
