"""The templates: their filters, and the security policy that each page is sent with."""

from pathlib import Path
from typing import Any

from fastapi.templating import Jinja2Templates
from jinja2 import Undefined
from pydantic import BaseModel

from services.desk.wording import (
    age_text,
    clock_text,
    day_text,
    iso_day_text,
    iso_text,
    moment_text,
    number_text,
    person_text,
    share_text,
    wait_text,
)
from shared.ids import new_id

#: Content from this desk only, no inline script or style, and no other site may frame the page (CSP Level 3).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class _KnownFields(Undefined):
    """A name that a template does not find is empty, as always in Jinja; a field that a model lacks raises.

    Otherwise a template that reads a field which its model has not declared would show nothing there.
    """

    def __init__(self, hint: str | None = None, obj: Any = None, name: str | None = None, *more: Any) -> None:
        super().__init__(hint, obj, name, *more)
        if isinstance(obj, BaseModel):
            raise TypeError(f"{type(obj).__name__} has no field {name}")


templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True
templates.env.undefined = _KnownFields
#: An Idempotency-Key for a form: however often it is sent, it does its work once.
templates.env.globals["new_once"] = lambda: str(new_id())
templates.env.filters |= {
    "wait": wait_text,
    "clock": clock_text,
    "day": day_text,
    "moment": moment_text,
    "iso": iso_text,
    "iso_day": iso_day_text,
    "age": age_text,
    "share": share_text,
    "number": number_text,
    "person": person_text,
}
