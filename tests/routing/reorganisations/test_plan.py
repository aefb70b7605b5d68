"""Which unit each contact goes to, and who keeps what they have."""

import pytest
from pydantic import ValidationError

from services.routing.reorganisations.plan import keeps_its_holder
from services.routing.reorganisations.schemas import ReorganisationIn


def plan(**body: object) -> ReorganisationIn:
    return ReorganisationIn.model_validate(
        {"effective_on": "2027-01-01", "from_unit": "adults", "reason": "Ny organisering", **body}
    )


def test_the_first_rule_that_fits_decides_and_the_rest_goes_to_the_other_unit() -> None:
    body = plan(
        rules=[{"to_unit": "youth", "ages": {"from": 18, "to": 30}}, {"to_unit": "hky", "needs": ["debt"]}],
        otherwise_to="ssp",
    )
    assert body.plan.target_of("7F3K9QTX", {0, 1}) == "youth"
    assert body.plan.target_of("7F3K9QTX", {1}) == "hky"
    assert body.plan.target_of("7F3K9QTX", ()) == "ssp"
    assert body.targets == ["youth", "hky", "ssp"]


def test_without_a_unit_for_the_rest_what_nothing_fits_stays() -> None:
    assert plan(rules=[{"to_unit": "youth", "districts": [3]}]).plan.target_of("7F3K9QTX", ()) is None


def test_a_rule_with_references_and_facts_takes_only_what_fits_both() -> None:
    body = plan(rules=[{"to_unit": "youth", "references": ["7f3k-9qtx"], "needs": ["debt"]}])
    assert body.plan.target_of("7F3K9QTX", {0}) == "youth"
    assert body.plan.target_of("7F3K9QTX", ()) is None
    assert body.plan.target_of("AAAAAAAA", {0}) is None


def test_references_alone_need_no_facts_from_triage() -> None:
    assert not plan(rules=[{"to_unit": "youth", "references": ["7F3K-9QTX"]}]).plan.asks_triage
    assert plan(rules=[{"to_unit": "youth", "districts": [3]}]).plan.asks_triage


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rules": [], "otherwise_to": None},
        {"otherwise_to": "adults"},
        {"rules": [{"to_unit": "adults"}]},
        {"rules": [{"to_unit": "youth", "ages": {"from": 30, "to": 18}}]},
        {"rules": [{"to_unit": "youth", "references": ["7F3K"]}]},
        {"rules": [{"to_unit": "youth", "distrikt": [3]}]},
        {"rules": [{"to_unit": "Youth"}]},
    ],
)
def test_a_plan_that_moves_nothing_or_to_itself_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        plan(**body)


@pytest.mark.parametrize(
    ("holder", "units", "keeps"),
    [
        ("bo", {"bo": {"youth"}}, True),
        ("bo", {"bo": {"adults"}}, False),
        ("bo", {"bo": set()}, False),
        ("bo", {"eva": {"youth"}}, True),
        (None, {}, False),
    ],
)
def test_who_moves_along_keeps_what_they_have(
    holder: str | None, units: dict[str, set[str]], *, keeps: bool
) -> None:
    assert keeps_its_holder(holder, units, "youth") is keeps
