"""Recommendations a second on one core, as a share of what pydantic alone does with the same facts.

The floor is reading the facts from JSON: no answer can be had without it, and it says how fast the machine
is. A recommendation is everything: destination, clocks, questions, warnings, offers, reasons in Danish.
"""

import json
import random
import statistics
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from services.triage.catalogue import Catalogue, load_offers
from services.triage.geography import load_geography
from services.triage.needs import load_needs
from services.triage.recommending import Adviser, Moment
from services.triage.ruleset import load_rulesets
from shared.contracts import Facts
from shared.vocabulary import Channel, Need
from tests.conftest import TUESDAY

CONTACTS = 1_000
ROUNDS = 7
#: Of those who call, how many's age and district the reception has heard.
KNOWN = 0.8


def contacts() -> list[str]:
    """Facts as they come in: one to three needs, most ages and districts known, some asking for measures."""
    chance = random.Random(7)

    def facts() -> dict[str, object]:
        told: dict[str, object] = {"needs": chance.sample(list(Need), chance.choice((1, 1, 2, 3)))}
        if chance.random() < KNOWN:
            told["age"] = chance.randrange(100)
        if chance.random() < KNOWN:
            told["district"] = chance.randint(1, 10)
        if chance.random() < KNOWN:
            told["applies_for_measure"] = chance.random() < 0.5
        return told

    return [json.dumps(facts()) for _ in range(CONTACTS)]


def rate(work: Callable[[], object]) -> float:
    """Contacts a second."""
    started = time.perf_counter()
    work()
    return CONTACTS / (time.perf_counter() - started)


def run(console: Console) -> None:
    """Floor, without trace and with trace in turn, seven rounds, medians."""
    adviser = Adviser(load_rulesets()[0], load_geography(), load_needs())
    catalogue, moment = Catalogue(load_offers()), Moment(Channel.PHONE, TUESDAY)
    told = contacts()
    read = [Facts.model_validate_json(one) for one in told]
    rates = [
        (
            rate(lambda: [Facts.model_validate_json(one) for one in told]),
            rate(lambda: [adviser.recommend(facts, moment, catalogue) for facts in read]),
            rate(lambda: [adviser.recommend(facts, moment, catalogue, trace=True) for facts in read]),
        )
        for _ in range(ROUNDS)
    ]
    floor, plain, traced = (statistics.median(column) for column in zip(*rates, strict=True))
    table = Table("", "share of floor", "a second", title="Recommendations")
    table.add_row("reading the facts (floor)", "1", f"{floor:.0f}")
    table.add_row("recommendation", f"{plain / floor:.3f}", f"{plain:.0f}")
    table.add_row("recommendation with trace", f"{traced / floor:.3f}", f"{traced:.0f}")
    console.print(table)
