"""A rule set file that does not hold together is refused with the place and the reason."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from services.triage.rules.rulebook import Rulebook
from services.triage.rules.ruleset import RULESETS_FOLDER, RuleSet, load_rulesets, ruleset_for

Edit = Callable[[dict[str, Any]], object]


def edited(edit: Edit) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load((RULESETS_FOLDER / "1.yaml").read_text(encoding="utf-8"))
    edit(raw)
    return raw


def test_each_rule_set_has_the_policys_21_rows_each_with_its_source() -> None:
    first, second = load_rulesets()
    for ruleset in (first, second):
        assert [row.number for row in ruleset.rows] == list(range(1, 22))
        assert all(row.source for row in ruleset.rows)
    assert first.duties == ()
    assert len(second.duties) == 14
    assert all(duty.source for duty in second.duties)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda raw: raw["rows"].pop(4), "numbered"),
        (lambda raw: raw["rows"][6]["clocks"].append({"clock": "no_such_clock"}), "no_such_clock"),
        (lambda raw: raw["rows"][9].update(when={"needs": {"any": ["no_such_need"]}}), "no_such_need|enum"),
        (lambda raw: raw["rows"][9]["destination"][0].update(unit="no-such-unit"), "enum"),
        (
            lambda raw: raw["rows"][9]["destination"][0].update(when={"is_true": "anonymous"}),
            "last destination",
        ),
        (lambda raw: raw["rows"][9].pop("reason"), "needs a reason"),
        (lambda raw: raw["rows"][2].pop("companion"), "must decide"),
        (lambda raw: raw["rows"][2]["companion"].update(as_row=99), "not there"),
        (lambda raw: raw["units"]["authority_by_age"]["by_age"].reverse(), "age bands must rise"),
        (lambda raw: raw["rows"][13].update(when={"fact": "age", "below": 18, "in": [3]}), "exactly one"),
        (lambda raw: raw["rows"][13].update(surprise=1), "surprise"),
    ],
)
def test_a_faulty_rule_set_is_refused(edit: Edit, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RuleSet.model_validate(edited(edit))


def test_a_rule_set_that_names_what_it_does_not_define_cannot_be_compiled() -> None:
    raw = edited(lambda raw: raw["rows"][2].update(when={"holds": "no_such_definition"}))
    with pytest.raises(KeyError, match="no_such_definition"):
        Rulebook(RuleSet.model_validate(raw))


def test_a_contact_is_judged_by_the_rule_set_of_its_day() -> None:
    first = load_rulesets()[0]
    second = first.model_copy(update={"version": "2", "valid_from": date(2027, 1, 1)})
    both = (first, second)
    assert ruleset_for(both, date(2026, 12, 31)).version == "1"
    assert ruleset_for(both, date(2027, 1, 1)).version == "2"
    assert ruleset_for(both, date(2019, 1, 1)).version == "1"
