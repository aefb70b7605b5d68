"""What the pages look and move with, from others: Det Fælles Designsystem and htmx.

Pinned with their integrity in `assets/package-lock.json`, installed by start.py, never vendored. Without them
the pages still work, unstyled and unmoved.
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
#: Files change with a new version only, and then their names' query does.
_KEPT = "public, max-age=3600"


class _KeptFiles(StaticFiles):
    """Files a browser may keep; they hold nothing about anybody."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = _KEPT
        return answer


def have_assets() -> bool:
    """Whether the third parties' files are installed."""
    return (_DESIGN / "css" / "dkfds.min.css").exists() and (_HTMX / "htmx.min.js").exists()


def mount_assets(app: FastAPI) -> None:
    """Serve our own files, and the others' where they are installed."""
    places = {"/static": _HERE / "static", "/assets/design": _DESIGN, "/assets/htmx": _HTMX}
    for path, folder in places.items():
        # Only these are packed: a packed page that holds a secret could be guessed at by its size (BREACH).
        files = GZipMiddleware(_KeptFiles(directory=folder, check_dir=False))
        app.mount(path, files, name=path.rpartition("/")[2])
