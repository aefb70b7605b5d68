"""Rule sets made by chance: each holds by construction, or is broken in one known way."""

from copy import deepcopy
from datetime import date
from random import Random
from typing import Any, Literal

from services.triage.rules.ruleset import RuleSet
from shared.vocabulary import Channel, Need, Unit

Fault = Literal["gap", "clash", "unreachable", "unsettleable"]
FAULTS: tuple[Fault, ...] = ("gap", "clash", "unreachable", "unsettleable")

Raw = dict[str, Any]

_INSIDE = {"is_true": "in_municipality"}
_CHILD_INSIDE = {"is_true": "child_in_municipality"}


def generated(seed: int, fault: Fault | None) -> RuleSet:
    """A rule set of four to nine rows. Each row but the last is about a need of its own, so all are
    reached.
    """
    chance = Random(seed)
    needs = chance.sample(list(Need), 9)
    rows = [_row(chance, need) for need in needs[: chance.randint(3, 8)]]
    rows.append({"when": {"all": []}, "destination": [{"kind": "unit", "unit": "reception"}]})
    if fault is not None:
        _BREAK[fault](chance, rows, needs)
    return _ruleset(chance, rows)


def _ruleset(chance: Random, rows: list[Raw]) -> RuleSet:
    for number, row in enumerate(rows, start=1):
        row |= {"number": number, "title": "Række", "source": "test", "reason": "Derfor."}
        if row.pop("equal", False):
            row["rank"] = rows[number - 2].setdefault("rank", number - 1)
    return RuleSet.model_validate(
        {
            "version": "9",
            "title": "Af tilfældighed",
            "valid_from": date(2025, 1, 1),
            "questions": {},
            "texts": {},
            "clocks": {},
            "definitions": {"young": {"fact": "age", "below": chance.randint(1, 60)}},
            "rows": rows,
        }
    )


def generated_table(seed: int, count: int = 200) -> RuleSet:
    """A table whose rows overlap by chance, about one to three needs each; many of them shadow others."""
    chance = Random(seed)
    rows = []
    for _ in range(count - 1):
        destination, guards = _destination(chance)
        needs = chance.sample(list(Need), chance.choice((1, 2, 2, 3)))
        about = {"needs": {chance.choice(["any", "all"]): needs}}
        when = {"all": [*guards, about, *_conditions(chance, guards)]}
        rows.append({"when": when, "destination": destination})
    rows.append({"when": {"all": []}, "destination": [{"kind": "unit", "unit": "reception"}]})
    return _ruleset(chance, rows)


def divided(ruleset: RuleSet) -> RuleSet:
    """The rule set with its rows from the seventh on written out for each ten years of age: 191 rows of 21.

    Row 20 besides for each channel. A table as it grows where every unit wants rows of its own.
    """
    raw = ruleset.model_dump(mode="json", by_alias=True, exclude_none=True)
    rows: list[Raw] = []
    for row in raw["rows"]:
        for narrower in _narrower(row["number"]):
            rows.append({**row, "when": {"all": [row["when"], *narrower]}, "number": len(rows) + 1})
    return RuleSet.model_validate({**raw, "rows": rows})


def _narrower(number: int) -> list[list[Raw]]:
    if number <= 6 or number in (14, 16, 21):
        return [[]]
    bands: list[Raw] = [{"fact": "age", "between": [first, first + 9]} for first in range(0, 120, 10)]
    bands.append({"fact": "age", "between": [120, 130]})
    if number != 20:
        return [[band] for band in bands]
    return [[band, {"fact": "channel", "in": [channel]}] for band in bands for channel in Channel]


def _row(chance: Random, need: Need) -> Raw:
    destination, guards = _destination(chance)
    about = {"needs": {chance.choice(["any", "all"]): [need]}}
    return {"when": {"all": [*guards, about, *_conditions(chance, guards)]}, "destination": destination}


def _conditions(chance: Random, guards: list[Raw]) -> list[Raw]:
    elsewhere = [{"is_false": "in_municipality"}, {"is_false": "child_in_municipality"}]
    return chance.choice(
        [[], [_condition(chance)], [_condition(chance)], [] if guards else [chance.choice(elsewhere)]]
    )


def _condition(chance: Random) -> Raw:
    first = chance.randint(0, 100)
    simple: list[Raw] = [
        {"fact": "age", "between": [first, first + chance.randint(0, 30)]},
        {"fact": "age", "below": first + 1},
        {"fact": "age", "in": [first, 17]},
        {"is_true": chance.choice(["acute_danger", "anonymous", "aftercare_running", "applies_for_measure"])},
        {"is_false": chance.choice(["child_at_risk", "applies_for_measure"])},
        {"is_not_true": "applies_for_measure"},
        {"known": chance.choice(["existing_case_unit", "child_age", "child_postal_code", "age"])},
        {"fact": "received_on", "below": date(2026, chance.randint(1, 12), 1)},
        {"fact": "channel", "in": [chance.choice(["phone", "written", "walk_in"])]},
        {"covered_by_offers": {"besides": chance.sample(list(Need), chance.randint(0, 3))}},
        {"holds": "young"},
        {"all": [_INSIDE, {"fact": "district", "in": [chance.randint(1, 10)]}]},
    ]
    one, other = chance.sample(simple, 2)
    wrapped: list[Raw] = [
        one,
        one,
        {"not": one},
        {"any": [one, {"not": other}]},
        {"possibly": one},
        {"certainly": one},
    ]
    return chance.choice(wrapped)


def _destination(chance: Random) -> tuple[list[Raw], list[Raw]]:
    """Where to, and what must hold for there to be such a place."""
    fixed = {"kind": "unit", "unit": chance.choice(list(Unit)).value}
    bands = [{"below": chance.randint(1, 100), "unit": {"children_area_of": "citizen"}}, {"unit": "adults"}]
    choice = chance.randrange(6)
    if choice == 0:
        return [{"kind": "unit", "unit": {"by_age": bands}}], [_INSIDE]
    if choice == 1:
        return [{"kind": "unit", "unit": {"children_area_of": "child"}}], [_CHILD_INSIDE]
    if choice == 2:
        return [{"kind": "unit", "unit": {"existing_case_unit_or": "hky"}}], []
    if choice == 3:
        return [{"kind": "emergency", "when": {"is_true": "honour_related"}}, fixed], []
    if choice == 4:
        return [{"kind": "other_authority", "administration": "SUF"}], []
    return [fixed], []


def _gap(chance: Random, rows: list[Raw], needs: list[Need]) -> None:
    others = {"not": {"needs": {"only": [needs[8]]}}}
    rows[-1]["when"] = chance.choice(
        [
            {"needs": {"any": needs}},
            {"any": [others, {"is_true": "anonymous"}]},
            {"any": [others, {"known": "age"}]},
        ]
    )


def _clash(chance: Random, rows: list[Raw], needs: list[Need]) -> None:
    one = {"when": {"needs": {"any": [needs[8]]}}, "destination": [{"kind": "unit", "unit": "hky"}]}
    other = {
        "when": {"any": [{"is_true": "anonymous"}, {"fact": "age", "below": chance.randint(1, 130)}]},
        "destination": [{"kind": "unit", "unit": chance.choice(["ssp", {"existing_case_unit_or": "hky"}])}],
        "equal": True,
    }
    at = chance.randrange(len(rows) - 1)
    rows[at:at] = [one, other]


def _unreachable(chance: Random, rows: list[Raw], needs: list[Need]) -> None:
    at = chance.randrange(len(rows) - 1)
    narrower = deepcopy(rows[at])
    narrower["when"] = {"all": [narrower["when"], {"is_false": "anonymous"}]}
    rows.insert(chance.randint(at + 1, len(rows) - 1), narrower)


def _unsettleable(chance: Random, rows: list[Raw], needs: list[Need]) -> None:
    broken: list[Raw] = [
        {
            "when": {"needs": {"any": [needs[8]]}},
            "destination": [
                {"kind": "unit", "unit": {"children_area_of": chance.choice(["citizen", "child"])}}
            ],
        },
        {
            "when": {"all": [{"needs": {"any": [needs[8]]}}, {"fact": "district", "in": [3]}]},
            "destination": [{"kind": "unit", "unit": "youth"}],
        },
    ]
    rows.insert(chance.randrange(len(rows)), chance.choice(broken))


_BREAK = {"gap": _gap, "clash": _clash, "unreachable": _unreachable, "unsettleable": _unsettleable}
