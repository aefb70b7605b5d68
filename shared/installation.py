"""The secrets of a development installation: generated once, kept in its data folder, readable by
its owner.
"""

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path


def development_secret(data: Path, name: str) -> str:
    """The secret `name` of the installation in `data`: 32 random bytes in base64, made at the first call.

    Two processes that start at once get the same one: a finished file is linked into place, and the
    first link wins.
    """
    place = data / "secrets" / name
    if not place.exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.parent.mkdir(exist_ok=True)
        place.parent.chmod(0o700)
        draft = place.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(base64.b64encode(secrets.token_bytes(32)).decode(), encoding="ascii")
        with suppress(FileExistsError):
            place.hardlink_to(draft)
        draft.unlink()
    return place.read_text(encoding="ascii")
