"""The form of an act that ends a duty: what routing gets, and what lacks at which field."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.desk.duties.acts import (
    act_of,
    choice_name,
    chosen_acts,
    field_name,
    open_of,
    read_act,
)
from services.desk.duties.permissions import may_act
from services.desk.form import Form
from services.desk.operations.duty_figures import figures_of
from services.desk.operations.schemas import Statistics
from services.desk.routing_models import Duty
from services.desk.session import Session, begin
from shared.vocabulary import Role
from tests.desk.duties_cast import RULES

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def duty(rule: str = "notification_assessment", *, hours: float = 3, **more: Any) -> Duty:
    name, law, acts = RULES[rule]
    given = {
        "id": f"id-{rule}-{hours}",
        "contact_id": "c",
        "reference": "7F3K-9QTX",
        "rule": rule,
        "name": name,
        "legal_basis": law,
        "unit": "children-amager",
        "starts_at": NOW - timedelta(hours=24),
        "due_at": NOW + timedelta(hours=hours),
        "state": "running" if hours >= 0 else "overdue",
        "acts": acts,
    }
    return Duty.model_validate({**given, **more})


def typed(duty: Duty, code: str, within: str = "", **fields: str) -> Form:
    act = act_of(duty, code)
    assert act is not None
    return Form([(field_name(duty, act, name, within), text) for name, text in fields.items()])


def read(duty: Duty, code: str, **fields: str) -> tuple[dict[str, Any], dict[str, str]]:
    act = act_of(duty, code)
    assert act is not None
    found = read_act(typed(duty, code, **fields), duty, act)
    return found.body, {name.removeprefix(f"{duty.id}-{code}-"): text for name, text in found.faults.items()}


def test_an_assessment_is_a_yes_or_no_with_its_reason() -> None:
    body, faults = read(duty(), "assessed", acute_help_needed="no", reason="Barnet er hos sin moster")
    assert body == {
        "act": "assessed",
        "reason": "Barnet er hos sin moster",
        "acute_help_needed": False,
    }
    assert faults == {}


def test_an_act_that_needs_nothing_has_only_its_name() -> None:
    assert read(duty("application_adults"), "decided") == ({"act": "decided"}, {})


def test_what_was_done_earlier_has_its_moment_in_copenhagen() -> None:
    body, faults = read(duty("application_adults"), "decided", at="2026-03-09T14:00")
    assert body["at"] == "2026-03-09T14:00:00+01:00"
    assert faults == {}


@pytest.mark.parametrize(
    ("rule", "code", "fields", "faults"),
    [
        ("notification_assessment", "assessed", {}, {"acute_help_needed": "no_yes_no", "reason": "no_text"}),
        (
            "notification_assessment",
            "assessed",
            {"acute_help_needed": "maybe", "reason": "x" * 501},
            {"acute_help_needed": "no_yes_no", "reason": "long_text"},
        ),
        ("notification_receipt", "receipt_sent", {"how": "by pigeon"}, {"how": "no_choice"}),
        ("notification_receipt", "duplicate", {}, {"duplicate_of": "no_contact"}),
        ("application_adults", "decided", {"at": "i går"}, {"at": "no_moment"}),
    ],
)
def test_what_lacks_is_a_fault_at_its_field(
    rule: str, code: str, fields: dict[str, str], faults: dict[str, str]
) -> None:
    assert read(duty(rule), code, **fields)[1] == faults


def test_a_duplicate_names_the_other_contact() -> None:
    assert read(duty(), "duplicate", duplicate_of="ABCD-2345")[0]["duplicate_of"] == "ABCD-2345"


def flat() -> Duty:
    """A duty whose acts have what they need by name."""
    acts = [
        {
            "act": "assessed",
            "name": "Vurderet",
            "ends": "done",
            "requires": ["acute_help_needed", "reason"],
            "how": [],
        },
        {"act": "reviewed", "name": "Genvurderet", "ends": "done", "requires": ["how"], "how": ["changed"]},
        {"act": "receipt_sent", "name": "Sendt", "ends": "done", "requires": ["how"], "how": []},
        {"act": "duplicate", "name": "Samme", "ends": "otherwise", "requires": ["duplicate_of"], "how": []},
        {"act": "withdrawn", "name": "Trukket tilbage", "ends": "otherwise", "requires": [], "how": []},
    ]
    return duty(acts=acts)


@pytest.mark.parametrize(
    ("code", "fields", "sent"),
    [
        (
            "assessed",
            {"acute_help_needed": "yes", "reason": "Kort"},
            {"acute_help_needed": True, "reason": "Kort"},
        ),
        ("reviewed", {"how": "changed"}, {"how": "changed"}),
        ("receipt_sent", {"how": "Med brev"}, {"how": "Med brev"}),
        ("duplicate", {"duplicate_of": "ABCD-2345"}, {"duplicate_of": "ABCD-2345"}),
        ("withdrawn", {"reason": "Ringede af"}, {"reason": "Ringede af"}),
        ("withdrawn", {}, {}),
    ],
)
def test_what_an_act_requires_by_name_is_sent_beside_its_name(
    code: str, fields: dict[str, str], sent: dict[str, Any]
) -> None:
    assert read(flat(), code, **fields) == ({"act": code, **sent}, {})


def test_what_an_act_requires_by_name_is_a_fault_at_its_field_when_it_lacks() -> None:
    assert read(flat(), "reviewed", how="torn up")[1] == {"how": "no_choice"}
    assert read(flat(), "duplicate")[1] == {"duplicate_of": "no_contact"}


@pytest.mark.parametrize(
    ("code", "pointer", "field"),
    [
        ("assessed", "/reason", "-reason"),
        ("assessed", "/duties/0/acute_help_needed", "-acute_help_needed"),
        ("assessed", "/at", "-at"),
        ("duplicate", "/duplicate_of", "-duplicate_of"),
        ("assessed", "/act", ""),
        ("assessed", "", ""),
    ],
)
def test_what_routing_refuses_is_at_its_field_or_at_the_act(code: str, pointer: str, field: str) -> None:
    own = duty()
    act = act_of(own, code)
    assert act is not None
    assert read_act(Form([]), own, act).field_at(pointer) == f"{own.id}-{code}{field}"


def test_of_the_duties_of_an_entry_only_the_chosen_ones_are_sent() -> None:
    done, going_on = duty(), duty("notification_receipt")
    ended = duty("application_adults", state="met")
    act = act_of(done, "assessed")
    assert act is not None
    form = Form(
        [
            (choice_name(done), "assessed"),
            (choice_name(going_on), ""),
            (choice_name(ended), "decided"),
            (field_name(done, act, "acute_help_needed", "with"), "yes"),
            (field_name(done, act, "reason", "with"), "Ringet til"),
        ]
    )
    (chosen,) = chosen_acts(form, [going_on, done, ended])
    assert chosen.duty is done
    assert chosen.body["acute_help_needed"] is True
    assert not chosen.faults


def test_the_one_that_is_due_first_comes_first_and_ended_ones_are_not_open() -> None:
    late, soon, ended = duty(hours=-2), duty(hours=1), duty(hours=-5, state="met_late")
    assert open_of([soon, ended, late]) == [late, soon]
    assert open_of(None) == []


def session(role: Role, *units: str) -> Session:
    return begin(token="", subject="s", name="", role=role, units=units, now=NOW)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (session(Role.CASEWORKER, "children-amager"), True),
        (session(Role.CASEWORKER, "*"), True),
        (session(Role.CASEWORKER, "adults"), False),
        (session(Role.RECEPTION), False),
        (session(Role.OPERATIONS), False),
    ],
)
def test_only_the_unit_that_answers_for_it_has_the_form(who: Session, may: bool) -> None:
    assert may_act(who, duty()) is may
    assert may_act(session(Role.RECEPTION), duty(unit="reception"))


def statistics(**deadlines: dict[str, Any]) -> Statistics:
    group: dict[str, Any] = {
        **dict.fromkeys(("entered", "answered", "abandoned", "waiting"), 0),
        **dict.fromkeys(("abandonment", "p50", "p90", "starts_at"), None),
        "service_levels": [],
    }
    groups = [{**group, "rule": rule, "deadlines": own} for rule, own in deadlines.items()]
    return Statistics.model_validate({"total": group, "groups": groups})


def test_each_rule_has_what_is_open_and_how_what_was_due_lately_ended() -> None:
    duties = [duty(hours=2), duty(hours=-2), duty(hours=-3), duty("application_adults", hours=5)]
    ended = statistics(
        notification_assessment={
            "met": 4,
            "met_late": 1,
            "ended_otherwise": {"not_a_notification": 1, "duplicate": 2},
        },
        file_access={"met": 3},
    )
    found = figures_of(duties, ended)
    assert [one.rule for one in found.rules] == [
        "notification_assessment",
        "application_adults",
        "file_access",
    ]
    first, second, third = found.rules
    assert (first.met, first.met_late, first.running, first.overdue) == (4, 1, 1, 2)
    assert (first.otherwise_count, first.otherwise) == (3, [("duplicate", 2), ("not_a_notification", 1)])
    assert (second.name, second.met, second.running) == ("Ansøgning, voksne", 0, 1)
    assert (third.name, third.met) == (None, 3)
    assert [one.due_at for one in found.open] == sorted(one.due_at for one in duties)
    assert [len(found.overdue), len(found.running)] == [2, 2]
