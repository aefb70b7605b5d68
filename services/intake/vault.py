"""Personal data at rest: encrypted ("sealed"), and found by blind indexes only."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.phone_numbers import normalised_phone
from shared.sealing import BlindIndex, Keyring
from shared.unit_of_work import Context

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 20


class PersonalData(BaseModel):
    """Everything in a contact that could identify a person, and every free text of it.

    It is stored as one encrypted value in one column.
    """

    model_config = ConfigDict(frozen=True)

    cpr: str | None = None
    birth_date: date | None = None
    age: int | None = None
    name: str | None = None
    relation: str | None = None
    contact_name: str | None = None
    phone: str | None = None
    organisation: str | None = None
    summary: str | None = None
    close_reason: str | None = None


def name_words(*names: str | None) -> list[str]:
    """The words of the names, as they are compared: case, accents' encoding and hyphens do not matter."""
    text = unicodedata.normalize("NFKC", " ".join(filter(None, names))).casefold()
    # Each word becomes a row of its own: the limit keeps one contact from writing hundreds of them.
    return sorted(set(_WORD.findall(text)))[:_MOST_WORDS]


class Vault:
    """Encrypts and decrypts personal data, and computes the blind indexes that it is found by."""

    def __init__(self, ring: Keyring, index: BlindIndex) -> None:
        self.ring = ring
        self._index = index

    def seal_personal_data(self, contact_id: UUID, personal: PersonalData) -> str | None:
        """The encrypted value for this contact; None when there is nothing to store."""
        text = personal.model_dump_json(exclude_none=True)
        return None if text == "{}" else self.ring.seal(text, personal_data_context(contact_id))

    def open_personal_data(self, contact_id: UUID, sealed: str | None) -> PersonalData:
        """The personal data of a contact.

        Raises SealBrokenError when the value was changed or belongs to another contact, or when its key
        is no longer on the ring.
        """
        if sealed is None:
            return PersonalData()
        return PersonalData.model_validate_json(self.ring.open(sealed, personal_data_context(contact_id)))

    def index_of(self, kind: str, value: str | None) -> str | None:
        """The blind index of a whole value of that kind; None for None."""
        return None if value is None else self._index.of(kind, value)

    def name_indexes(self, words: Iterable[str]) -> list[str]:
        """The blind indexes of the words of a name."""
        return [self._index.of("name", word) for word in words]

    def seal_answer(self, body: bytes) -> bytes:
        """Encrypt an answer that is remembered for repeated requests: it may hold a personal number."""
        return self.ring.seal(body.decode(), ANSWER_CONTEXT).encode()

    def unseal_answer(self, sealed: bytes) -> bytes:
        """The remembered answer."""
        return self.ring.open(bytes(sealed).decode(), ANSWER_CONTEXT).encode()


# The context of each encrypted value is authenticated with it: a value that is copied to another row does
# not open there.

ANSWER_CONTEXT = "idempotency-answer"


def personal_data_context(contact_id: UUID) -> str:
    """The context of a contact's personal data."""
    # The text is part of every stored value: another one would make all of them unreadable.
    return f"contact:{contact_id}:said"


def draft_context(contact_id: UUID) -> str:
    """The context of a contact's draft."""
    return f"contact:{contact_id}:draft"


def delivery_context(source: str, delivery_id: str) -> str:
    """The context of a stored delivery of a telephone exchange."""
    return f"delivery:{source}:{delivery_id}"


def caller_context(caller_id: UUID) -> str:
    """The context of a caller's number."""
    return f"caller:{caller_id}:number"


def key_of(sealed: str | None) -> str | None:
    """The id of the key that a value was encrypted with, by which key rotation finds its row."""
    return None if sealed is None else sealed.partition(":")[0]


def vault_of(context: Context) -> Vault:
    """The vault with this installation's keys."""
    vault: Vault = context.state.vault
    return vault


def sealed_columns(vault: Vault, contact_id: UUID, personal: PersonalData) -> dict[str, Any]:
    """The columns of a contact that hold its personal data and the indexes it is found by."""
    sealed = vault.seal_personal_data(contact_id, personal)
    return {
        "said": sealed,
        "said_key": key_of(sealed),
        "cpr_index": vault.index_of("cpr", personal.cpr),
        "phone_index": vault.index_of("phone", normalised_phone(personal.phone)),
    }
