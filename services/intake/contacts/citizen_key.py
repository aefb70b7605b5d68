"""The opaque key by which others may know that two contacts are about one citizen, and nothing more."""

import hashlib
import hmac

_PURPOSE = b"dsi:citizen-key:1"


def citizen_key_of(cpr_index: str | None) -> str | None:
    """The citizen's key, 64 hex digits, from the blind index of the number; None where no number is known.

    HMAC-SHA256 with the blind index as its key: from it nobody gets back to the index, let alone to the
    number, and the number itself need not be opened to make it. It changes with DSI_INDEX_KEY.
    """
    if cpr_index is None:
        return None
    return hmac.new(bytes.fromhex(cpr_index), _PURPOSE, hashlib.sha256).hexdigest()
