"""JSON answers that an endpoint writes itself, with the headers that belong to them."""

from fastapi import Response
from pydantic import BaseModel

from shared.etags import etag


def document(
    model: BaseModel, *, status: int = 200, version: int | None = None, location: str | None = None
) -> Response:
    """The model as a JSON response, with its version as `ETag` (RFC 9110) and its address as `Location`.

    Serialised here, so that the same bytes are sent and remembered for a repeated request.
    """
    headers = {} if version is None else {"ETag": etag(version)}
    if location is not None:
        headers["Location"] = location
    return Response(model.model_dump_json(), status, headers, media_type="application/json")
