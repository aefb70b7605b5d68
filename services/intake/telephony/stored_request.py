"""A vendor's request as it is stored, and the fields that are read from it, now or after a fix.

It is stored byte for byte; only secrets are left out. Nothing here trusts the content.
"""

import base64
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from services.intake.telephony.forms import ExchangeRequest, RawDelivery, Uninterpretable
from services.intake.telephony.request_fields import Fields, Pairs, body_pairs, query_pairs


@dataclass(frozen=True)
class StoredRequest:
    """One request. `stage` is what the vendor's address says has happened, if anything."""

    stage: str
    query: Pairs
    media_type: str
    body: bytes

    @classmethod
    def parse(cls, text: str) -> "StoredRequest":
        """The request of a delivery's text, as `delivery_of` wrote it."""
        stored = json.loads(text)
        body = stored["body"].encode() if "body" in stored else base64.b64decode(stored["body_base64"])
        query = [(name, value) for name, value in stored["query"]]
        return cls(stored["stage"], query, stored["media_type"], body)

    def text(self) -> str:
        """The request as JSON; a body that is not UTF-8 is in base64."""
        stored: dict[str, Any] = {"stage": self.stage, "query": self.query, "media_type": self.media_type}
        try:
            stored["body"] = self.body.decode()
        except UnicodeDecodeError:
            stored["body_base64"] = base64.b64encode(self.body).decode()
        return json.dumps(stored)

    def fields(self) -> Fields:
        """The fields of the query and of the body together. Raises Uninterpretable."""
        return Fields([*query_pairs(self.query), *body_pairs(self.media_type, self.body)])


def delivery_of(
    form: str,
    request: ExchangeRequest,
    *,
    stage: str = "",
    without: Collection[str] = (),
    delivery_id: str = "",
) -> RawDelivery:
    """The request as one delivery. `without` names the fields of the query that are secrets.

    Where the vendor has no `delivery_id` of its own, it is a hash of the fields, whatever their order.
    """
    query = [(name, value) for name, value in _pairs(request.query) if name not in without]
    stored = StoredRequest(stage, query, request.headers.get("content-type", ""), request.body)
    return RawDelivery(request.source, delivery_id or _hash_of(stored), form, stored.text())


def _pairs(query: str) -> Pairs:
    # Bytes that are not UTF-8 are stored as surrogates; `query_pairs` refuses them when the fields are read.
    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def _hash_of(stored: StoredRequest) -> str:
    try:
        content: Any = [stored.stage, sorted(stored.fields().pairs)]
    except Uninterpretable:
        content = stored.text()
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:40]
