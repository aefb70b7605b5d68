"""Why a step of a rule set was refused, in plain Danish."""

from collections.abc import Mapping
from typing import Any

from services.desk.problems import Refused
from services.desk.rules.drafts.line_faults import in_danish

#: `heading` and `text`.
Message = Mapping[str, str]


def message_for(refused: Refused, texts: Mapping[str, Any]) -> Message:
    """By the kind of the problem, with what triage says of the first field where it names one.

    Raises the refusal itself where the texts have none for it: the common page of problems has.
    """
    message: Message | None = texts["refusals"].get(refused.answer_kind)
    if message is None:
        raise refused
    errors = refused.field_errors
    if not errors or refused.answer_kind == "invalid-ruleset":
        return message
    danish = in_danish(str(errors[0].get("message", "")), texts["phrases"])
    return message if danish is None else {**message, "text": danish}
