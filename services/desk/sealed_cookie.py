"""A cookie that holds a pydantic model, sealed so that only the desk can read or make it."""

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from shared.sealing import Keyring, SealBrokenError

Content = TypeVar("Content", bound=BaseModel)


class SealedCookie(Generic[Content]):
    """Reads and writes the cookie. It is sealed with AES-256-GCM and cannot be read by scripts (HttpOnly).

    `secure` sends it over TLS only, and its name's prefix keeps a neighbouring host from setting it
    (RFC 6265bis § 4.1.3.2). `context` is bound into the seal: another cookie's content does not open here.
    """

    def __init__(
        self,
        ring: Keyring,
        model: type[Content],
        name: str,
        context: str,
        *,
        secure: bool,
        same_site: Literal["lax", "strict"],
        max_age: int | None = None,
    ) -> None:
        self._ring, self._model, self._context = ring, model, context
        self._secure, self._same_site, self._max_age = secure, same_site, max_age
        self.cookie = f"__Host-{name}" if secure else name

    def read(self, request: Request) -> Content | None:
        """The cookie's content; None when it is missing, broken or sealed with a key that is gone."""
        sealed = request.cookies.get(self.cookie)
        if sealed is None:
            return None
        try:
            return self._model.model_validate_json(self._ring.open(sealed, self._context))
        except (SealBrokenError, ValidationError):
            return None

    def write(self, response: Response, content: Content) -> None:
        """Give the cookie to the browser: for `max_age` seconds, without one until the browser is closed."""
        response.set_cookie(
            self.cookie,
            self.sealed(content),
            max_age=self._max_age,
            httponly=True,
            samesite=self._same_site,
            secure=self._secure,
            path="/",
        )

    def sealed(self, content: Content) -> str:
        """The cookie's value."""
        return self._ring.seal(content.model_dump_json(), self._context)

    def end(self, response: Response) -> None:
        """Delete the cookie."""
        response.delete_cookie(
            self.cookie, path="/", httponly=True, samesite=self._same_site, secure=self._secure
        )
