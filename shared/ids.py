"""Ids of everything, and the short reference of a contact that can be read aloud."""

import hashlib
from uuid import UUID

from uuid_utils.compat import uuid7

#: Crockford's base 32: no I, L, O or U, so that nothing is misheard or misread.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): sorts by the time it was made."""
    return uuid7()


def reference_of(contact_id: UUID) -> str:
    """The contact's 8-character reference, derived from its id so that no lookup is needed.

    40 bits: with half a million contacts one pair in ten such cities shares a reference, years apart, so
    a search by reference answers with a list.
    """
    bits = int.from_bytes(hashlib.sha256(contact_id.bytes).digest()[:5], "big")
    return "".join(CROCKFORD[(bits >> shift) & 31] for shift in range(35, -5, -5))


def show_reference(reference: str) -> str:
    """As it is displayed and read aloud: `7F3K-9QTX`."""
    return f"{reference[:4]}-{reference[4:]}"


def read_reference(spoken: str) -> str:
    """The reference a person typed, forgiving case, spaces, hyphens and Crockford's look-alikes."""
    return spoken.upper().replace("-", "").replace(" ", "").translate(_MISREAD)
