"""Twilio's signature (twilio.com/docs/usage/webhooks/webhooks-security).

HMAC over the public address, query and all, and the names and values of the body's fields one after the
other in the order of their names: with the auth token and SHA-1, or with a shared key and the algorithm
that `X-Twilio-Webhooks-Signature-Settings` names.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

_ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_PORTS = {"https": 443, "http": 80}


def is_signed(
    secrets: Sequence[str],
    headers: Mapping[str, str],
    url: str,
    posted: Sequence[tuple[str, str]],
) -> bool:
    """Whether one of the secrets signed this request."""
    algorithm = _ALGORITHMS.get(_algorithm_named(headers.get("x-twilio-webhooks-signature-settings", "")))
    if algorithm is None:
        return False
    signature = headers.get("x-twilio-signature", "").encode("utf-8", "surrogateescape")
    # The same value of a field counts once, as in Twilio's own validators.
    fields = "".join(name + value for name, value in sorted(set(posted)))
    matches = [
        hmac.compare_digest(base64.b64encode(_mac(secret, address + fields, algorithm)), signature)
        for secret in secrets
        for address in _addresses(url)
    ]
    return any(matches)


def _mac(secret: str, text: str, algorithm: str) -> bytes:
    return hmac.new(secret.encode(), text.encode("utf-8", "surrogateescape"), algorithm).digest()


def _algorithm_named(settings: str) -> str:
    named = (part.partition("=") for part in settings.split(","))
    return next(
        (value.strip().upper() for name, _, value in named if name.strip() == "algorithm"), "HMAC_SHA1"
    )


def _addresses(url: str) -> list[str]:
    """The address without its port and with it: Twilio signs either of them."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = host if host.endswith("]") else host.rpartition(":")[0] or host
    port = host[len(bare) :] or f":{_PORTS.get(parts.scheme, 443)}"
    return [urlunsplit(parts._replace(netloc=place)) for place in (bare, bare + port)]
