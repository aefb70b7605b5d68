"""Where somebody may be sent after signing in, and that nobody was sent to our forms from elsewhere."""

from urllib.parse import urlsplit

from fastapi import Request

from services.desk.problems import NotFromHere


def inside(path: str | None) -> str | None:
    """The path to go back to, if it is one of ours: nobody is sent elsewhere after signing in."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc else path


def demand_same_origin(request: Request) -> None:
    """No session could hold a secret yet: the browser's own word must do. Raises NotFromHere."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotFromHere
    origin = request.headers.get("origin")
    if origin not in {None, "null"} and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotFromHere
