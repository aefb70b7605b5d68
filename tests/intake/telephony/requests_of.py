"""Requests as exchanges make them, without HTTP."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from services.intake.telephony.forms import ExchangeRequest
from shared.settings import CommonSettings
from tests.conftest import TUESDAY

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
NOW = TUESDAY

Values = dict[str, Any]


def production(data: Path | None = None) -> CommonSettings:
    """An installation that makes no secrets up."""
    return CommonSettings(mode="production", data=data or Path("/nowhere"))


def incoming(
    body: bytes = b"", *, tail: str = "", query: str = "", media_type: str = FORM, **headers: str
) -> ExchangeRequest:
    url = "https://dsi.example/intake/v1/telephony/form" + (f"/{tail}" if tail else "")
    return ExchangeRequest(
        method="POST" if body else "GET",
        url=url + (f"?{query}" if query else ""),
        tail=tail,
        query=query,
        headers={"content-type": media_type}
        | {name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
        source="exchange",
    )


def posted(values: Values, **more: str) -> ExchangeRequest:
    return incoming(urlencode(values, doseq=True).encode(), **more)


def posted_json(values: Values, **more: str) -> ExchangeRequest:
    return incoming(json.dumps(values).encode(), media_type=JSON, **more)
