"""A vendor's request as it is kept, and the fields that are read out of it, today or after a fix.

Kept is what came, byte for byte; only secrets are left out. Nothing here trusts what it reads.
"""

import base64
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from services.intake.telephony.fields import Fields, Pairs, body_pairs, query_pairs
from services.intake.telephony.forms import Incoming, RawDelivery, Uninterpretable


@dataclass(frozen=True)
class Kept:
    """One request. `stage` is what the vendor's address said, if it says anything."""

    stage: str
    query: Pairs
    media_type: str
    body: bytes

    def fields(self) -> Fields:
        """What the request says, its query and its body taken together. Raises Uninterpretable."""
        return Fields([*query_pairs(self.query), *body_pairs(self.media_type, self.body)])


def keep(
    form: str, incoming: Incoming, *, stage: str = "", without: Collection[str] = (), delivery_id: str = ""
) -> RawDelivery:
    """The request as one delivery. `without` names the fields of the query that are secrets.

    Without a `delivery_id` of the vendor's own it is named by its content, in whatever order that came.
    """
    query = [(name, value) for name, value in _pairs(incoming.query) if name not in without]
    kept = Kept(stage, query, incoming.headers.get("content-type", ""), incoming.body)
    return RawDelivery(incoming.source, delivery_id or _hash_of(kept), form, _text_of(kept))


def read(text: str) -> Kept:
    """What `keep` wrote."""
    told = json.loads(text)
    body = told["body"].encode() if "body" in told else base64.b64decode(told["body_base64"])
    return Kept(told["stage"], [(name, value) for name, value in told["query"]], told["media_type"], body)


def _pairs(query: str) -> Pairs:
    # Bytes that are no UTF-8 survive as surrogates, and are told from text when the fields are read.
    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def _text_of(kept: Kept) -> str:
    told: dict[str, Any] = {"stage": kept.stage, "query": kept.query, "media_type": kept.media_type}
    try:
        told["body"] = kept.body.decode()
    except UnicodeDecodeError:
        told["body_base64"] = base64.b64encode(kept.body).decode()
    return json.dumps(told)


def _hash_of(kept: Kept) -> str:
    try:
        content: Any = [kept.stage, sorted(kept.fields().pairs)]
    except Uninterpretable:
        content = _text_of(kept)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:40]
