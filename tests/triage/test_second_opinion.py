"""Our proof and z3's agree on every rule set, sound or broken, and both find what was broken on purpose."""

from datetime import date

import pytest

from services.triage.proof.proving import prove
from services.triage.proof.statute import read_statute
from services.triage.rules.ruleset import RuleSet, load_rulesets
from shared.city.current import geography_on
from tests.triage.generated_rulesets import FAULTS, generated
from tests.triage.second_opinion import SecondOpinion
from tests.triage.test_lost_duties import LOST, changed
from tests.triage.test_proof import BROKEN, edited

pytestmark = pytest.mark.slow


GEOGRAPHY = geography_on(date(2026, 3, 10))

#: In so many portions, to be shared between processes; each has as many sound rule sets as broken ones.
PORTIONS, SOUND_IN_EACH = 10, 16


#: Before this day the law demands no duties of a rule set (data/statutory_duties.yaml).
UNTIL = date(2026, 1, 1)


def our_faults(ruleset: RuleSet) -> set[tuple[object, ...]]:
    """Our findings on the rows, in the form of the second opinion."""
    until = UNTIL if ruleset.valid_from < UNTIL else None
    return {
        (
            one.kind,
            *(one.rows if one.kind == "clash" else one.rows[-1:]),
            *([] if one.at is None else [one.at]),
        )
        for one in prove(ruleset, GEOGRAPHY, until=until).findings
    }


def our_lost_duties(ruleset: RuleSet) -> set[str | None]:
    return {one.duty for one in prove(ruleset, GEOGRAPHY).findings if one.kind == "lost"}


def their_lost_duties(ruleset: RuleSet) -> set[str]:
    return SecondOpinion(ruleset, GEOGRAPHY).lost_duties(read_statute())


def their_faults(ruleset: RuleSet) -> set[tuple[object, ...]]:
    return SecondOpinion(ruleset, GEOGRAPHY).faults()


@pytest.mark.parametrize("ruleset", load_rulesets(), ids=lambda ruleset: ruleset.version)
def test_both_prove_the_rule_sets_in_use(ruleset: RuleSet) -> None:
    assert our_faults(ruleset) == their_faults(ruleset) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_both_find_the_same_in_rule_set_1_broken(name: str) -> None:
    ruleset = edited(BROKEN[name])
    assert our_faults(ruleset) == their_faults(ruleset) != set()


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_both_agree_on_rule_sets_made_by_chance(portion: int) -> None:
    for number in range(SOUND_IN_EACH):
        seed = portion * SOUND_IN_EACH + number
        sound = generated(seed, None)
        assert our_faults(sound) == their_faults(sound) == set(), seed
        fault = FAULTS[seed % len(FAULTS)]
        broken = generated(seed, fault)
        found = our_faults(broken)
        assert found == their_faults(broken), (seed, fault)
        assert fault in {kind for kind, *_ in found}, (seed, fault)


def test_both_find_that_rule_set_2_counts_all_that_the_law_demands() -> None:
    ruleset = changed(lambda content: None)
    assert our_lost_duties(ruleset) == their_lost_duties(ruleset) == set()
    assert SecondOpinion(ruleset, GEOGRAPHY).never_owed() == set()


@pytest.mark.parametrize("name", LOST)
def test_both_find_the_same_duties_lost(name: str) -> None:
    edit, codes = LOST[name]
    ruleset = changed(edit)
    assert our_lost_duties(ruleset) == their_lost_duties(ruleset) == codes
