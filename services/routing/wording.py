"""The Danish texts of routing, from `texts/routing.yaml`."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.routing.states import is_application
from shared.clock import COPENHAGEN


@cache
def _texts() -> dict[str, dict[str, str]]:
    source = Path(__file__).parent / "texts" / "routing.yaml"
    texts: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return texts


def local_time(moment: datetime) -> str:
    """A moment as it is written in Denmark: `23.11.2026 kl. 14.05`."""
    return moment.astimezone(COPENHAGEN).strftime("%d.%m.%Y kl. %H.%M")


def rule_name(rule: str) -> str:
    """What a deadline is called; its code where it has no name yet."""
    names = _texts()["rules"]
    return names["application"] if is_application(rule) else names.get(rule, rule)


def task_text(kind: str) -> str:
    """What is to be done in a task."""
    return _texts()["tasks"][kind]


def own_target(rule: str) -> str:
    """In the place of a legal basis: that the city has set this target itself."""
    return _texts()["own_targets"][rule]


def kind_text(kind: str | None) -> str | None:
    """What is to be done with an entry of this kind; None for visits to the reception."""
    return None if kind is None else _texts()["kinds"].get(kind)


def act_name(act: str) -> str:
    """What an act is called; its code where it has no name yet."""
    return _texts()["acts"].get(act, act)


def ending_name(reason: str) -> str:
    """Why a duty ended otherwise: the name of the act, or of what ended it without one."""
    return _texts()["endings"].get(reason, act_name(reason))


def order_text(reason: str, rule: str | None, due_at: datetime, *, has_deadline: bool) -> str:
    """Why an entry has its place in the queue. Its own target can come before a deadline that runs, too."""
    name = "" if rule is None else rule_name(rule)
    before_deadline = f"{reason}_before_deadline"
    texts = _texts()["order"]
    text = texts[before_deadline] if has_deadline and before_deadline in texts else texts[reason]
    return text.format(rule=name, due=local_time(due_at))


def estimate_text(method: str, *, observed: int, ahead: int, opens: bool, waits_for_opening: bool) -> str:
    """What an estimate rests on, and what it does not know."""
    texts = _texts()["estimate"]
    if not opens:
        return texts["never_opens"]
    parts = [texts[method].format(observed=observed, ahead=ahead)]
    if waits_for_opening:
        parts.append(texts["closed"])
    return " ".join([*parts, texts["caveat"]])
