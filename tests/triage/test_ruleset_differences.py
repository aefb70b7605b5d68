"""The difference between two rule sets changes one into the other, and is worded in Danish."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.rules.ruleset import RuleSet
from services.triage.rulesets.difference_wording import changes_in_danish, difference_in_danish
from services.triage.rulesets.differences import Difference, Plain, applied, difference, plain
from services.triage.rulesets.table import markdown_of, table_of
from tests.examples import examples
from tests.triage.rulekeeping import BASE, draft, homeless_under_25_to_youth

pytestmark = pytest.mark.slow

_DECIDING = [row for row in BASE["rows"] if "companion" not in row]


def renumbered(content: Plain) -> Plain:
    for number, row in enumerate(content["rows"], 1):
        row["number"] = number
    return content


@st.composite
def edited(draw: st.DrawFn) -> Plain:
    """Rule set 1 after a few edits: rows out, in, to another place, altered; texts and names altered."""
    content = copy.deepcopy(BASE)
    rows: list[dict[str, Any]] = content["rows"]
    for _ in range(draw(st.integers(0, 5))):
        position = draw(st.integers(0, len(rows) - 1))
        match draw(st.sampled_from(["out", "in", "move", "alter", "retitle", "name", "order", "unsay"])):
            case "out" if len(rows) > 1:
                rows.pop(position)
            case "in":
                rows.insert(position, copy.deepcopy(draw(st.sampled_from(_DECIDING))))
            case "move":
                rows.insert(draw(st.integers(0, len(rows) - 1)), rows.pop(position))
            case "alter":
                rows[position]["when"] = {"fact": "age", "below": draw(st.integers(1, 100))}
            case "retitle":
                rows[position]["title"] = draw(st.sampled_from(["Ny titel", "Hjemløshed", "Klage"]))
            case "name":
                content["texts"]["ask"] = draw(st.sampled_from(["Spørg.", "Spørg igen."]))
            case "order":
                content["definitions"]["another"] = {"all": []}
                content["definitions"] = dict(reversed(content["definitions"].items()))
            case "unsay":
                rows[position].pop("notes", None)
                content.pop("units", None)
    return renumbered(content)


@examples(150)
@given(edited(), edited())
def test_a_difference_applied_to_the_one_gives_the_other(one: Plain, other: Plain) -> None:
    change = difference(one, other)
    after = applied(change, one)
    assert after == other
    assert [list(after.get(name, {})) for name in ("definitions", "texts")] == [
        list(other.get(name, {})) for name in ("definitions", "texts")
    ]
    assert bool(change) == (one != other or list(one["definitions"]) != list(other["definitions"]))


@examples(50)
@given(edited(), edited())
def test_a_difference_survives_being_stored(one: Plain, other: Plain) -> None:
    stored = json.loads(json.dumps(difference(one, other).model_dump(mode="json", exclude_none=True)))
    assert applied(Difference.model_validate(stored), one) == other


def test_equal_rule_sets_have_equal_plain_forms_however_their_sets_are_ordered() -> None:
    assert plain(RuleSet.model_validate(BASE)) == BASE
    assert difference_in_danish(difference(BASE, BASE)) == ["Ingen forskel."]


def test_a_row_put_in_between_is_the_only_change() -> None:
    def put_in(content: Plain) -> None:
        row = {**copy.deepcopy(content["rows"][12]), "title": "Hjælpemidler til børn"}
        content["rows"].insert(12, row)
        renumbered(content)

    change = difference(BASE, draft(put_in, version="2"))
    assert [(row.kind, row.was, row.now) for row in change.rows] == [("added", None, 13)]


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (homeless_under_25_to_youth, "Række 16 „Hjemløshed“ er ændret."),
        (
            homeless_under_25_to_youth,
            (
                "  destination: var Boligsocialt Område; "
                "bliver under 25 år: Ungeområdet; ellers: Boligsocialt Område"
            ),
        ),
        (
            lambda content: content["rows"][6].update(when={"is_true": "anonymous"}),
            "  betingelse: var behov: Klage; bliver borgeren er anonym",
        ),
        (
            lambda content: content["rows"].pop(),
            "Række 21 „Alt andet“ udgår.",
        ),
        (
            lambda content: content["clocks"]["file_access"].update(working_days=5),
            (
                "frister „aktindsigt“: var arbejdsdage 7, hjemmel offentlighedsloven § 36, stk. 2; "
                "bliver arbejdsdage 5, hjemmel offentlighedsloven § 36, stk. 2"
            ),
        ),
    ],
)
def test_a_change_is_worded_in_danish(edit: Any, line: str) -> None:
    assert line in difference_in_danish(difference(BASE, draft(edit, version="2")))


def test_the_table_has_a_line_for_each_row_and_no_code_for_a_need_or_unit() -> None:
    table = markdown_of(RuleSet.model_validate(BASE))
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + 21 + 1 + 14
    assert "| 13 | Hjælpemidler | behov: Hjælpemidler | Hjælpemidler |" in table
    assert all(code not in table for code in ("home_training", "housing-social", "is_true", "received_on"))


def test_nothing_that_is_written_in_a_rule_breaks_out_of_its_cell() -> None:
    sly = draft(lambda content: content["rows"][12].update(title="a | b\n| <script>", reason="x|y"))
    table = markdown_of(RuleSet.model_validate(sly))
    assert "a \\| b \\| &lt;script>" in table
    assert len([line for line in table.splitlines() if line.startswith("| ")]) == 1 + 21 + 1 + 14


def test_the_table_as_data_has_a_cell_for_each_column_and_the_definitions_below() -> None:
    table = table_of(RuleSet.model_validate(BASE))
    assert [row.number for row in table.rows] == list(range(1, 22))
    assert {len(row.cells) for row in table.rows} == {len(table.columns)}
    assert table.columns[:3] == ["Nr.", "Regel", "Gælder når"]
    assert table.rows[12].condition == "behov: Hjælpemidler"
    assert [section.heading for section in table.sections] == ["Begreber", "Fælles valg af enhed"]
    assert all(item.name and item.text for section in table.sections for item in section.items)


def test_the_parts_of_a_change_follow_the_row_that_they_are_part_of() -> None:
    found = difference(BASE, draft(lambda content: content["rows"][12].update(title="Udstyr"), version="2"))
    changes = changes_in_danish(found)
    assert [text for text, _ in changes if "13" in text] == ["Række 13 „Udstyr“ er ændret."]
    nested = [line for text, parts in changes for line in (text, *(f"  {part}" for part in parts))]
    assert nested == difference_in_danish(found)
