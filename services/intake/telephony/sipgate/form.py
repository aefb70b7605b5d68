"""sipgate's push API (github.com/sipgate/sipgate.io): a form, an RSA signature, and an answer in XML.

The signature (`X-Sipgate-Signature`: RSA, PKCS#1 v1.5, SHA-256, in base64) covers the body alone, and
sipgate signs for all its customers with one key: any of them could play its own calls to us. So the
address bears a token as well, and it takes both.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import quoteattr

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from fastapi import Response

from services.intake.problems import BadSignature, PostOnly
from services.intake.telephony.canonical import CallEvent
from services.intake.telephony.cti import cti_event
from services.intake.telephony.forms import Incoming, RawDelivery
from services.intake.telephony.kept import keep, read
from services.intake.telephony.sipgate.settings import SipgateSettings
from services.intake.telephony.telling import with_plus
from services.intake.telephony.tokens import Tokens
from shared.settings import CommonSettings


class SipgateForm:
    """`POST /v1/telephony/sipgate/<token>`."""

    name = "sipgate"

    def __init__(self, common: CommonSettings, settings: SipgateSettings | None = None) -> None:
        settings = settings or SipgateSettings()
        self._tokens = Tokens("sipgate_tokens", settings.tokens, common)
        self._key = _read_key(settings.public_key)

    def admit(self, incoming: Incoming) -> None:
        self._tokens.admit(incoming.tail)
        if incoming.method != "POST":
            raise PostOnly
        try:
            signature = base64.b64decode(incoming.headers.get("x-sipgate-signature", ""), validate=True)
            self._key.verify(signature, incoming.body, PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            raise BadSignature from None

    def deliveries(self, incoming: Incoming) -> Sequence[RawDelivery]:
        return [keep(self.name, incoming)]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | None:
        said = read(delivery.text).fields()
        return cti_event(delivery, said, received_at, number=with_plus, agent_in=("user", "answeringNumber"))

    def answer(self, incoming: Incoming) -> Response | None:
        """Where to tell of the answer and the end: here again. Without it sipgate never would."""
        here = quoteattr(incoming.url)
        document = f'<?xml version="1.0" encoding="UTF-8"?>\n<Response onAnswer={here} onHangup={here} />'
        return Response(document, media_type="application/xml")


def _read_key(pem: str) -> RSAPublicKey:
    """The key; a setting may write its line ends as \\n. Raises ValueError for what is no RSA key."""
    key = load_pem_public_key(pem.replace("\\n", "\n").encode())
    if not isinstance(key, RSAPublicKey):
        message = "DSI_SIPGATE_PUBLIC_KEY is no RSA key"
        raise ValueError(message)  # noqa: TRY004 - a wrong setting, not a wrong type
    return key
