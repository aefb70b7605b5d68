"""What a refused step of a rule set says to the person, in plain Danish."""

from collections.abc import Mapping
from typing import Any

from services.desk.problems import Refused
from services.desk.rules.drafts.line_faults import in_danish

#: `heading` and `text`.
Said = Mapping[str, str]


def said_of(refused: Refused, texts: Mapping[str, Any]) -> Said:
    """By the kind of the problem, and with what triage says of the field where it says something.

    Raises the refusal itself where there are no words for it: the common page of problems has some.
    """
    said: Said | None = texts["refusals"].get(refused.answer_kind)
    if said is None:
        raise refused
    errors = refused.answer.get("errors")
    if not isinstance(errors, list) or not errors or refused.answer_kind == "invalid-ruleset":
        return said
    told = in_danish(str(errors[0].get("message", "")), texts["phrases"])
    return said if told is None else {**said, "text": told}
