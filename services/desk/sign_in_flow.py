"""What the desk must remember between sending somebody to the identity provider and their coming back.

It lives in a sealed cookie of its own, for minutes. The session's cookie is SameSite=Strict and does not
travel with somebody who comes back from another site; this one is Lax, opens nothing, and is used once.
"""

import base64
import hashlib
import secrets
import time

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from shared.sealing import Keyring, SealBrokenError

FLOW_COOKIE = "desk_flow"
_CONTEXT = "desk-sign-in"
#: Long enough to find one's phone for the second factor.
LONGEST_SECONDS = 900


class Flow(BaseModel):
    """One way to the provider and back. `again`: who they are must be proved anew, not remembered."""

    model_config = ConfigDict(frozen=True)

    state: str
    nonce: str
    verifier: str
    then: str | None
    again: bool
    #: In seconds of real time, as the provider counts them.
    begun: float

    @property
    def challenge(self) -> str:
        """What the provider is shown of `verifier` (RFC 7636 § 4.2, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def begin_flow(then: str | None, *, again: bool) -> Flow:
    """A way of its own, with secrets that nobody has seen."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Flow(state=state, nonce=nonce, verifier=verifier, then=then, again=again, begun=time.time())


class Flows:
    """Reads and writes the cookie. `secure`: sent over TLS only, and no neighbouring host can set it."""

    def __init__(self, ring: Keyring, *, secure: bool) -> None:
        self._ring = ring
        self._secure = secure
        self.cookie = f"__Host-{FLOW_COOKIE}" if secure else FLOW_COOKIE

    def read(self, request: Request) -> Flow | None:
        """The way that this browser is on; None when it is on none, or has been for too long."""
        try:
            flow = Flow.model_validate_json(self._ring.open(request.cookies.get(self.cookie, ""), _CONTEXT))
        except (SealBrokenError, ValidationError):
            return None
        return flow if time.time() - flow.begun < LONGEST_SECONDS else None

    def write(self, response: Response, flow: Flow) -> None:
        """Remember the way; one that was begun before in this browser is forgotten."""
        response.set_cookie(
            self.cookie,
            self._ring.seal(flow.model_dump_json(), _CONTEXT),
            max_age=LONGEST_SECONDS,
            httponly=True,
            samesite="lax",
            secure=self._secure,
            path="/",
        )

    def end(self, response: Response) -> None:
        """A way is gone once."""
        response.delete_cookie(self.cookie, path="/", httponly=True, samesite="lax", secure=self._secure)
