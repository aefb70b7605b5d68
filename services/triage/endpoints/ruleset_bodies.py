"""What comes in about rule sets that FastAPI does not read by itself: whole rule sets, and the reason."""

import asyncio
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request
from pydantic import TypeAdapter, ValidationError

from services.triage.problems import InvalidRuleset, at_field
from services.triage.rulesets.documents import UnreadableDocumentError, read_json
from services.triage.rulesets.reading import (
    MOST_BYTES,
    FaultyRulesetError,
    Form,
    Written,
    read_ruleset,
)
from services.triage.rulesets.schemas import CopyIn
from shared.free_text import Reason
from shared.problems import FieldError, InvalidInput, TooLarge

_REASON: TypeAdapter[str] = TypeAdapter(Reason)


async def _reason(
    change_reason: Annotated[
        str,
        Header(
            max_length=2000,
            description="Why it is changed, for the trail; UTF-8, percent-encoded where the sender must",
            examples=["Hjemmeplejen flytter 1. juni"],
        ),
    ],
) -> str:
    try:
        # HTTP hands bytes over as Latin-1; what people send is UTF-8.
        text = change_reason.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = change_reason
    try:
        return _REASON.validate_python(unquote(text))
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise InvalidInput(errors=at_field("/header/change-reason", message)) from error


async def _body(request: Request) -> tuple[bytes, Form]:
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise TooLarge(f"A rule set has at most {MOST_BYTES} bytes.")
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return body, "yaml" if media.endswith("yaml") else "json"


async def _written(request: Request) -> Written:
    body, form = await _body(request)
    try:
        # In a thread: a large one takes its time, and others want to be answered meanwhile.
        return await asyncio.to_thread(read_ruleset, body, form)
    except FaultyRulesetError as error:
        raise refusal(error) from error


def refusal(error: FaultyRulesetError) -> InvalidRuleset:
    """The problem that tells the place and the reason of each fault."""
    return InvalidRuleset(
        errors=[
            FieldError(
                pointer=fault.pointer,
                message=fault.message if fault.line is None else f"line {fault.line}: {fault.message}",
            )
            for fault in error.faults
        ]
    )


async def _written_or_copy(request: Request) -> Written | CopyIn:
    body, form = await _body(request)
    if form == "json":
        try:
            content = read_json(body.decode("utf-8")).content
            if isinstance(content, dict) and "copy_of" in content:
                return CopyIn.model_validate(content)
        except ValidationError as error:
            pointers = [("".join(f"/{part}" for part in e["loc"]), e["msg"]) for e in error.errors()]
            raise InvalidInput(errors=[FieldError(pointer=p, message=m) for p, m in pointers]) from error
        except (UnicodeDecodeError, UnreadableDocumentError):
            pass  # told with its place when it is read as a rule set
    return await _written(request)


ChangeReason = Annotated[str, Depends(_reason)]
SentRuleset = Annotated[Written, Depends(_written)]
SentRulesetOrCopy = Annotated[Written | CopyIn, Depends(_written_or_copy)]
