"""Secrets that a vendor sends as they are: in the address it was given, or in a header."""

import hmac

from pydantic import SecretStr

from services.intake.problems import FormClosed
from services.intake.telephony.forms import ExchangeRequest
from shared.installation import development_secret
from shared.problems import Unauthenticated
from shared.settings import CommonSettings

_SCHEMES = ("bearer ", "token token=", "token ")


def secrets_of(setting: str, configured: SecretStr | None, common: CommonSettings) -> list[str]:
    """The secrets of `DSI_<SETTING>`, separated by commas; in development generated where not set.

    In production there may be none: unlike our own keys they are another's, and an installation that does
    not use that vendor has no secret of it. The form is then closed.
    """
    if configured is None and common.mode == "development":
        return [development_secret(common.data, setting)]
    text = "" if configured is None else configured.get_secret_value()
    return [secret.strip() for secret in text.split(",") if secret.strip()]


class VendorTokens:
    """The tokens of one vendor. Several may be valid at once, so that one can be changed."""

    def __init__(self, setting: str, configured: SecretStr | None, common: CommonSettings) -> None:
        self._setting = setting
        self._tokens = secrets_of(setting, configured, common)

    def admit(self, token: str | None) -> None:
        """Return for a valid token. Raises FormClosed where none is set, Unauthenticated for any other."""
        if not self._tokens:
            raise FormClosed(self._setting)
        # All are compared, so that the time taken does not show which of them was close.
        matches = [hmac.compare_digest(known.encode(), _bytes(token)) for known in self._tokens]
        if not any(matches):
            raise Unauthenticated("The token is not valid.")


def token_of(request: ExchangeRequest, in_address: str) -> str:
    """The token in the address, else the one in the Authorization header; empty for none."""
    header = request.headers.get("authorization", "")
    for scheme in _SCHEMES:
        if not in_address and header.lower().startswith(scheme):
            return header[len(scheme) :].strip().strip('"')
    return in_address


def _bytes(token: str | None) -> bytes:
    return (token or "").encode("utf-8", "surrogateescape")
