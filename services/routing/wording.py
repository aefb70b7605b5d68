"""The Danish texts of routing, from `texts/routing.yaml`."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.routing.duties.duty import is_application
from services.routing.entries.queue_order import Placing
from services.routing.waits.estimate import WaitRange
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
    """What a task asks for."""
    return _texts()["tasks"][kind]


def own_target(rule: str) -> str:
    """In the place of a legal basis: that the city has set this target itself."""
    return _texts()["own_targets"][rule]


def kind_text(kind: str | None) -> str | None:
    """What the one who takes an entry of this kind is to do; None for reception visits."""
    return None if kind is None else _texts()["kinds"].get(kind)


def order_text(placing: Placing) -> str:
    """Why an entry stands where it stands."""
    name = "" if placing.rule is None else rule_name(placing.rule)
    return _texts()["order"][placing.reason].format(rule=name, due=local_time(placing.due_at))


def estimate_text(wait: WaitRange) -> str:
    """What an estimate rests on, and what it does not know."""
    texts = _texts()["estimate"]
    if wait.high_seconds is None:
        return texts["never_opens"]
    parts = [texts[wait.method].format(observed=wait.observed, ahead=wait.ahead)]
    if wait.seconds_until_open:
        parts.append(texts["closed"])
    return " ".join([*parts, texts["caveat"]])
