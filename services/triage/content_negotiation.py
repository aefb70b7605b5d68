"""Content negotiation: the media type of an answer, by the request's `Accept` header (RFC 9110 § 12.5.1)."""

from collections.abc import Sequence

from fastapi import Response

JSON = "application/json"
YAML = "application/yaml"
MARKDOWN = "text/markdown"
SVG = "image/svg+xml"


def chosen(accept: str | None, offered: Sequence[str]) -> str:
    """The offered media type with the highest quality; the first when the header accepts none of them."""
    ranges = [_media_range(part) for part in (accept or "*/*").split(",")]

    def quality(media: str) -> float:
        # The most specific range that matches decides.
        matching = [(len(range_), q) for range_, q in ranges if _matches(range_, media)]
        return max(matching)[1] if matching else 0.0

    return max(offered, key=lambda media: (quality(media), -offered.index(media)))


def _media_range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return media, float(value)
            except ValueError:
                return media, 0.0
    return media, 1.0


def _matches(range_: str, media: str) -> bool:
    return range_ in {media, "*/*", f"{media.split('/', maxsplit=1)[0]}/*"}


def answer_in(media: str, text: str, headers: dict[str, str] | None = None) -> Response:
    """A text in this media type. `Vary` keeps caches from answering a request that accepts another one."""
    charset = "; charset=utf-8" if media.startswith("text/") else ""
    return Response(text, headers={"Vary": "Accept", **(headers or {})}, media_type=media + charset)
