"""Secrets that a vendor shows as they are: in the address it was given, or in a header."""

import hmac

from pydantic import SecretStr

from services.intake.problems import FormClosed
from services.intake.telephony.forms import Incoming
from shared.installation import development_secret
from shared.problems import Unauthenticated
from shared.settings import CommonSettings

_SCHEMES = ("bearer ", "token token=", "token ")


def secrets_of(setting: str, given: SecretStr | None, common: CommonSettings) -> list[str]:
    """The secrets of `DSI_<SETTING>`, separated by commas; in development made up where not set.

    None at all in production: unlike our own keys they are another's, and who does not use that vendor
    has none. Its door is then closed.
    """
    if given is None and common.mode == "development":
        return [development_secret(common.data, setting)]
    told = "" if given is None else given.get_secret_value()
    return [secret.strip() for secret in told.split(",") if secret.strip()]


class Tokens:
    """The tokens of one vendor. Several may be valid at once, so that one can be changed."""

    def __init__(self, setting: str, given: SecretStr | None, common: CommonSettings) -> None:
        self._setting = setting
        self._tokens = secrets_of(setting, given, common)

    def admit(self, shown: str | None) -> None:
        """Return for a valid token. Raises FormClosed where none is set, Unauthenticated for any other."""
        if not self._tokens:
            raise FormClosed(self._setting)
        # All are compared, so that the time taken tells nothing of which came near.
        fits = [hmac.compare_digest(token.encode(), _bytes(shown)) for token in self._tokens]
        if not any(fits):
            raise Unauthenticated("The token is not valid.")


def token_shown(incoming: Incoming, in_address: str) -> str:
    """The token in the address, else the one in the Authorization header; empty for none."""
    header = incoming.headers.get("authorization", "")
    for scheme in _SCHEMES:
        if not in_address and header.lower().startswith(scheme):
            return header[len(scheme) :].strip().strip('"')
    return in_address


def _bytes(shown: str | None) -> bytes:
    return (shown or "").encode("utf-8", "surrogateescape")
