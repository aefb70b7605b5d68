"""What was said that points to a person: kept sealed, found by blind index only."""

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


class Said(BaseModel):
    """Everything about a contact that could name somebody, and what was told in free words."""

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
    told = unicodedata.normalize("NFKC", " ".join(filter(None, names))).casefold()
    return sorted(set(_WORD.findall(told)))[:_MOST_WORDS]


class Vault:
    """Seals and opens what was said, and gives the values it is found by."""

    def __init__(self, ring: Keyring, index: BlindIndex) -> None:
        self.ring = ring
        self._index = index

    def seal_said(self, contact_id: UUID, said: Said) -> str | None:
        """The sealed value for this contact; None when nothing was said."""
        text = said.model_dump_json(exclude_none=True)
        return None if text == "{}" else self.ring.seal(text, said_context(contact_id))

    def open_said(self, contact_id: UUID, sealed: str | None) -> Said:
        """What was said. Raises SealBrokenError when the value was changed, or its key is gone."""
        if sealed is None:
            return Said()
        return Said.model_validate_json(self.ring.open(sealed, said_context(contact_id)))

    def index_of(self, kind: str, value: str | None) -> str | None:
        """The blind index of a whole value of that kind; None for none."""
        return None if value is None else self._index.of(kind, value)

    def name_indexes(self, words: Iterable[str]) -> list[str]:
        """The blind indexes of the words of a name."""
        return [self._index.of("name", word) for word in words]

    def seal_answer(self, body: bytes) -> bytes:
        """An answer to be remembered; it may hold a personal number."""
        return self.ring.seal(body.decode(), ANSWER_CONTEXT).encode()

    def unseal_answer(self, sealed: bytes) -> bytes:
        """The remembered answer."""
        return self.ring.open(bytes(sealed).decode(), ANSWER_CONTEXT).encode()


ANSWER_CONTEXT = "idempotency-answer"


def said_context(contact_id: UUID) -> str:
    """What a contact's sealed value is bound to."""
    return f"contact:{contact_id}:said"


def draft_context(contact_id: UUID) -> str:
    """What a contact's draft is bound to."""
    return f"contact:{contact_id}:draft"


def delivery_context(source: str, delivery_id: str) -> str:
    """What a stored delivery of an exchange is bound to."""
    return f"delivery:{source}:{delivery_id}"


def caller_context(caller_id: UUID) -> str:
    """What the number of a caller is bound to."""
    return f"caller:{caller_id}:number"


def key_of(sealed: str | None) -> str | None:
    """The id of the key a value was sealed with, to find the rows of old keys by."""
    return None if sealed is None else sealed.partition(":")[0]


def vault_of(context: Context) -> Vault:
    """The vault of this installation."""
    vault: Vault = context.state.vault
    return vault


def sealed_columns(vault: Vault, contact_id: UUID, said: Said) -> dict[str, Any]:
    """The columns that hold what was said, and what it is found by."""
    sealed = vault.seal_said(contact_id, said)
    return {
        "said": sealed,
        "said_key": key_of(sealed),
        "cpr_index": vault.index_of("cpr", said.cpr),
        "phone_index": vault.index_of("phone", normalised_phone(said.phone)),
    }
