"""The pure parts of the rules' pages: tables, faults at lines, made-up citizens, periods."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.form import local_moment
from services.desk.problems import Refused
from services.desk.rules.citizen import fields_for, recommendation_body
from services.desk.rules.drafts.line_faults import changed_lines, faults_of, in_danish
from services.desk.rules.drafts.refusals import message_for
from services.desk.rules.periods import period_of
from services.desk.rules.progress import progress_of
from services.desk.rules.schemas import Ruleset, RulesetTable, TableRow
from services.desk.texts import read_texts
from services.triage.rules.ruleset import RuleSet, load_rulesets
from services.triage.rulesets.table import table_of

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TEXTS = read_texts()["rules"]


def table_read(ruleset: RuleSet) -> RulesetTable:
    """Triage's table of a rule set, as the desk reads it."""
    return RulesetTable.model_validate_json(table_of(ruleset).model_dump_json())


def test_the_table_of_rule_set_1_is_read_whole() -> None:
    ruleset = load_rulesets()[0]
    read = table_read(ruleset)
    assert [row.number for row in read.rows] == [row.number for row in ruleset.rows]
    assert len(TableRow.model_fields) == len(read.columns)
    assert [section.heading for section in read.sections] == ["Begreber", "Fælles valg af enhed"]
    assert all(section.items for section in read.sections)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).map(str.split))
def test_any_text_in_a_title_stays_in_its_cell(words: list[str]) -> None:
    title = " ".join(words) or "Regel"
    first = load_rulesets()[0]
    row = first.rows[0].model_copy(update={"title": title})
    read = table_read(first.model_copy(update={"rows": (row, *first.rows[1:])}))
    assert read.rows[0].title == title


def test_faults_are_at_their_lines_in_danish() -> None:
    errors: list[dict[str, Any]] = [
        {"pointer": "/rows/2/number", "line": 188, "reason": "this is row 3, and must be numbered so"},
        {"pointer": "/units", "line": 55, "reason": "there is no such code"},
        {"pointer": "", "message": "something new"},
    ]
    numbered, code, new = faults_of(errors, TEXTS["phrases"])
    assert (numbered.line, numbered.text) == (188, "Det er række 3, og den skal have det nummer.")
    assert (code.line, code.text, code.foreign) == (55, "Koden findes ikke.", False)
    assert (new.line, new.text, new.foreign) == (None, "something new", True)
    assert faults_of([], TEXTS["phrases"]) == []


def test_every_phrase_can_be_filled_in() -> None:
    filled = in_danish("it is valid from 2026-04-01 at the earliest", TEXTS["phrases"])
    assert filled == "Kladden må tidligst gælde fra 01.04.2026. Det står i dens tekst (valid_from)."


def test_a_refusal_has_the_text_of_its_kind_and_one_without_a_text_stays_a_problem() -> None:
    def refused(kind: str, *errors: dict[str, str]) -> Refused:
        return Refused("triage", 422, {"type": f"urn:dsi:problem:{kind}", "errors": list(errors)})

    past = refused(
        "impossible-moment", {"pointer": "/from", "message": "the past keeps the rules it had; now"}
    )
    assert message_for(past, TEXTS)["text"].startswith("Det ligger i fortiden")
    assert message_for(refused("second-person-needed"), TEXTS)["heading"] == "Det skal en anden person gøre"
    with pytest.raises(Refused):
        message_for(refused("never-heard-of"), TEXTS)


def test_a_colleagues_change_is_listed_line_by_line() -> None:
    lines = changed_lines("a: 1\nb: 2\nc: 3", "a: 1\nb: 4\nc: 3")
    assert "-b: 2" in lines
    assert "+b: 4" in lines
    assert not changed_lines("a", "a")


def test_a_made_up_citizen_becomes_a_question_to_triage() -> None:
    fields = {"needs": ["homelessness"], "age": ["22"], "district": ["3"], "channel": ["written"]}
    body, faults = recommendation_body({**fields, "received_on": ["2026-06-01"]}, NOW)
    assert faults == ()
    assert body == {
        "facts": {"needs": ["homelessness"], "age": 22, "district": 3},
        "channel": "written",
        "received_at": "2026-06-01T12:00:00+02:00",
    }
    assert recommendation_body(fields, NOW)[0]["received_at"] == NOW.isoformat()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "needs"),
        ({"needs": ["debt"], "age": ["old"]}, "age"),
        ({"needs": ["debt"], "received_on": ["soon"]}, "received_on"),
        ({"needs": ["debt"], "postal_code": ["22"]}, "postal_code"),
    ],
)
def test_what_cannot_be_read_is_a_fault_at_its_field(fields: dict[str, list[str]], wrong: str) -> None:
    assert [fault.field for fault in recommendation_body(fields, NOW)[1]] == [wrong]


def test_the_citizen_of_a_proof_is_the_form_that_asks_about_them() -> None:
    citizen = {
        "needs": ["existing_case"],
        "channel": "walk_in",
        "received_at": "2000-01-01T12:00:00+01:00",
        "applies_for_measure": False,
        "district": 1,
        "age": 40,
        "child_at_risk": True,
    }
    body, faults = recommendation_body(fields_for(citizen), NOW)
    assert faults == ()
    facts = {name: value for name, value in citizen.items() if name not in {"channel", "received_at"}}
    assert body == {"facts": facts, "channel": "walk_in", "received_at": "2000-01-01T12:00:00+01:00"}


def test_a_period_is_given_by_its_first_and_last_day() -> None:
    assert period_of("2026-03-28", "2026-03-29") == {
        "from": "2026-03-28T00:00:00+01:00",
        "to": "2026-03-30T00:00:00+02:00",
    }
    assert period_of("", None) == {}
    for impossible in ("2026-02-30", "9999-12-31", "x"):
        with pytest.raises(ValueError, match=r"."):
            period_of(None, impossible)


def test_a_moment_of_a_browser_is_copenhagens() -> None:
    begins = local_moment("2026-06-01T00:00")
    assert begins is not None
    assert begins.isoformat() == "2026-06-01T00:00:00+02:00"
    assert local_moment("") is None


def test_a_draft_is_compared_with_what_holds_and_that_with_what_came_before() -> None:
    items: list[dict[str, Any]] = [
        {"version": "1", "status": "retired", "based_on": None},
        {"version": "2", "status": "active", "based_on": "1"},
        {"version": "3", "status": "draft", "based_on": "1"},
    ]
    rest = {"title": "Regler", "valid_from": "2026-03-01", "rows": 1, "revision": 1}
    rulesets = [Ruleset.model_validate({**rest, **item}) for item in items]
    progress = [progress_of(rulesets, version) for version in ("1", "2", "3")]
    assert [one and one.compared_with for one in progress] == ["2", "1", "2"]
    assert progress_of(rulesets, "9") is None
