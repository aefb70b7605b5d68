"""Recommendations a second on one core, beside zen-engine with the same rules and beside reading the facts.

The peer (`decision_model`) finds a destination and nothing else. It is measured in both ways that it has: by
a decision object, and by an engine that has loaded the table once and is about ten times as fast.
A recommendation is everything: destination, clocks, questions, warnings, offers, reasons in Danish. All in
processor time, since the peer has threads of its own and waits for them.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.table import Table

from benchmarks.decision_model import Peer, context_of
from services.triage.catalogue.offers.offer import Catalogue, load_offers
from services.triage.recommendations.adviser import Adviser, Moment
from services.triage.rules.rulebook import Hit
from services.triage.rules.ruleset import load_rulesets, ruleset_for
from shared.city.current import city, geography_on
from shared.contracts import Facts
from shared.vocabulary import Channel, Need
from tests.conftest import TUESDAY

CONTACTS = 1_000
ROUNDS = 7
#: The share of contacts whose age, district and application for a measure are known.
KNOWN = 0.8


def contacts(known: float = KNOWN) -> list[str]:
    """Facts as they come in: one to three needs, most ages and districts known, some asking for measures."""
    chance = random.Random(7)

    def facts() -> dict[str, object]:
        known_facts: dict[str, object] = {"needs": chance.sample(list(Need), chance.choice((1, 1, 2, 3)))}
        if chance.random() < known:
            known_facts["age"] = chance.randrange(100)
        if chance.random() < known:
            known_facts["district"] = chance.randint(1, 10)
        if chance.random() < known:
            known_facts["applies_for_measure"] = chance.random() < 0.5
        return known_facts

    return [json.dumps(facts()) for _ in range(CONTACTS)]


def rate(work: Callable[[], list[object]]) -> float:
    """Contacts a second of processor time."""
    started = time.process_time()
    done = work()
    return len(done) / (time.process_time() - started)


def run(console: Console) -> None:
    """All in turn, seven rounds, medians."""
    works = _works()
    rates: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            rates[name].append(rate(work))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    peers = "zen-engine, decision object", "zen-engine, compiled"
    table = Table(
        "", "share of floor", *(f"against {peer}" for peer in peers), "a second", title="Recommendations"
    )
    for name, found in medians.items():
        floor = f"{found / medians['reading the facts (floor)']:.3f}"
        table.add_row(name, floor, *(f"{found / medians[peer]:.2f}" for peer in peers), f"{found:.0f}")
    console.print(table)


def _works() -> Mapping[str, Callable[[], list[object]]]:
    """What is measured. The peer gets only contacts that the rules decide outright: it knows no unknowns."""
    adviser = Adviser(ruleset_for(load_rulesets(), TUESDAY.date()), geography_on, city().needs)
    catalogue, moment = Catalogue(load_offers()), Moment(Channel.PHONE, TUESDAY)
    offers = catalogue.on(TUESDAY.date())
    bodies = contacts()
    partly = [Facts.model_validate_json(body) for body in bodies]
    known = [Facts.model_validate_json(one) for one in contacts(known=1)]
    known = [
        one for one in known if isinstance(adviser.rulebook.decide(adviser.case(one, moment, offers)), Hit)
    ]
    cases = [adviser.case(one, moment, offers) for one in known]
    contexts = [context_of(case) for case in cases]
    peer = Peer(adviser.ruleset)
    for case, context in zip(cases, contexts, strict=True):
        hit = adviser.rulebook.decide(case)
        if not isinstance(hit, Hit) or peer.place(context) != hit.place:
            raise AssertionError("the peer must come to the same destination")
    return {
        "reading the facts (floor)": lambda: [Facts.model_validate_json(body) for body in bodies],
        "zen-engine, decision object": lambda: [peer.decision.evaluate(one) for one in contexts],
        "zen-engine, compiled": lambda: [peer.evaluate(one) for one in contexts],
        "zen-engine, compiled, with trace": lambda: [peer.evaluate(one, trace=True) for one in contexts],
        "destination": lambda: [adviser.rulebook.decide(case) for case in cases],
        "destination, from the facts": lambda: [
            adviser.rulebook.decide(adviser.case(one, moment, offers)) for one in known
        ],
        "recommendation": lambda: [adviser.recommend(one, moment, catalogue) for one in known],
        "recommendation with trace": lambda: [
            adviser.recommend(one, moment, catalogue, trace=True) for one in known
        ],
        "recommendation with trace, unknown facts": lambda: [
            adviser.recommend(one, moment, catalogue, trace=True) for one in partly
        ],
    }
