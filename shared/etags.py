"""Optimistic locking over HTTP: `ETag` and `If-Match` (RFC 9110 §§ 8.8.3, 13.1.1)."""

from typing import Annotated

from fastapi import Header

from shared.problems import StaleVersion, VersionRequired

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The ETag that was read before", examples=['"3"']),
]


def etag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


def require_version(if_match: str | None, version: int) -> None:
    """Raise `VersionRequired` without If-Match, `StaleVersion` when it names another version."""
    if if_match is None:
        raise VersionRequired
    named = {tag.strip() for tag in if_match.split(",")}
    if etag(version) not in named and "*" not in named:
        raise StaleVersion(f"It is now at version {version}.", headers={"ETag": etag(version)})
