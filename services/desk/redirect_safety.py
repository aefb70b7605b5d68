"""Protects redirects after signing in, and forms that are sent without a session."""

from urllib.parse import urlsplit

from fastapi import Request

from services.desk.problems import NotFromHere


def local_path(path: str | None) -> str | None:
    """The path if it is one of ours; None for another site, which a link to our sign-in must not lead to."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc else path


def demand_same_origin(request: Request) -> None:
    """Refuse a form of another site by the browser's headers: without a session there is no secret to check.

    Raises NotFromHere.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotFromHere
    origin = request.headers.get("origin")
    if origin not in {None, "null"} and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotFromHere
