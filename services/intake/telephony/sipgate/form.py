"""sipgate's push API (github.com/sipgate/sipgate.io): a form, an RSA signature, and an answer in XML.

The signature (`X-Sipgate-Signature`: RSA, PKCS#1 v1.5, SHA-256, in base64) covers the body alone, and
sipgate signs for all its customers with one key: any of them could send us its own calls. So the address has
a token as well, and both are required.
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

from services.intake.problems import BadSignature, PostOnly
from services.intake.telephony.canonical import CallEvent
from services.intake.telephony.cti import cti_event
from services.intake.telephony.forms import ExchangeRequest, FormAnswer, RawDelivery
from services.intake.telephony.sipgate.settings import SipgateSettings
from services.intake.telephony.stored_request import StoredRequest, delivery_of
from services.intake.telephony.vendor_events import with_plus
from services.intake.telephony.vendor_tokens import VendorTokens
from shared.settings import CommonSettings


class SipgateForm:
    """`POST /v1/telephony/sipgate/<token>`."""

    name = "sipgate"

    def __init__(self, common: CommonSettings, settings: SipgateSettings | None = None) -> None:
        settings = settings or SipgateSettings()
        self._tokens = VendorTokens("sipgate_tokens", settings.tokens, common)
        self._key = _read_key(settings.public_key)

    def admit(self, request: ExchangeRequest) -> None:
        self._tokens.admit(request.tail)
        if request.method != "POST":
            raise PostOnly
        try:
            signature = base64.b64decode(request.headers.get("x-sipgate-signature", ""), validate=True)
            self._key.verify(signature, request.body, PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            raise BadSignature from None

    def deliveries(self, request: ExchangeRequest) -> Sequence[RawDelivery]:
        return [delivery_of(self.name, request)]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | None:
        fields = StoredRequest.parse(delivery.text).fields()
        return cti_event(
            delivery, fields, received_at, number=with_plus, agent_in=("user", "answeringNumber")
        )

    def answer(self, request: ExchangeRequest) -> FormAnswer | None:
        """Where to report the answer and the end: here again. sipgate reports neither unless asked to."""
        here = quoteattr(request.url)
        document = f'<?xml version="1.0" encoding="UTF-8"?>\n<Response onAnswer={here} onHangup={here} />'
        return FormAnswer(document, media_type="application/xml")


def _read_key(pem: str) -> RSAPublicKey:
    """The key; a setting may write its line ends as \\n. Raises ValueError for what is no RSA key."""
    key = load_pem_public_key(pem.replace("\\n", "\n").encode())
    if not isinstance(key, RSAPublicKey):
        message = "DSI_SIPGATE_PUBLIC_KEY is no RSA key"
        raise ValueError(message)  # noqa: TRY004 - a wrong setting, not a wrong type
    return key
