"""Static files: our own, and those of third parties (Det Fælles Designsystem, htmx).

Pinned with their integrity in `assets/package-lock.json`, installed by start.py, never vendored. Without them
the pages still work, unstyled.
"""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import Scope

_HERE = Path(__file__).parent
_INSTALLED = _HERE / "assets" / "node_modules"
_DESIGN, _HTMX = _INSTALLED / "dkfds" / "dist", _INSTALLED / "htmx.org" / "dist"
#: Files change with a new version only.
_CACHE = "public, max-age=3600"


class _CachedFiles(StaticFiles):
    """Files that a browser may store: nothing in them is about a person."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = _CACHE
        return answer


def have_assets() -> bool:
    """Whether the third parties' files are installed."""
    return (_DESIGN / "css" / "dkfds.min.css").exists() and (_HTMX / "htmx.min.js").exists()


def mount_assets(app: FastAPI) -> None:
    """Serve our own files, and the third parties' where they are installed."""
    places = {"/static": _HERE / "static", "/assets/design": _DESIGN, "/assets/htmx": _HTMX}
    for path, folder in places.items():
        # Only these are compressed: a compressed page would give its secret away by its size (BREACH).
        files = GZipMiddleware(_CachedFiles(directory=folder, check_dir=False))
        app.mount(path, files, name=path.rpartition("/")[2])
