"""Each duty ends by its own act, written by the unit that answers for it; what is refused changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.duties.acts import acts_of, plain_act
from services.routing.states import DutyEnding
from services.routing.wording import act_name
from shared.ids import new_id
from shared.vocabulary import Role, Unit
from tests.routing.duties.conftest import Duties, refused
from tests.routing.events import (
    NOW,
    ago,
    assessed,
    assessment_clock,
    child,
    clock,
    closed,
    notification,
    triaged,
)

RECEIVED = ago(hours=3)
A_FRIEND: dict[str, Any] = {"reason": "Et opkald om en ven på 30"}
ASSESSED: dict[str, Any] = {"acute_help_needed": True, "reason": "Barnet anbringes akut"}
ANOTHER: dict[str, Any] = {"reason": "Barnet er flyttet til Roskilde"}


async def notified(duties: Duties, citizen_key: str | None = None) -> Any:
    """A contact with a notification, at the children's area of Amager."""
    contact = new_id()
    await duties.deliver(
        assessed(contact, *notification(RECEIVED), citizen_key=citizen_key),
        triaged(contact, Unit.CHILDREN_AMAGER),
    )
    return contact


@pytest.mark.parametrize(
    ("rule", "act", "given", "state"),
    [
        ("notification_assessment", "assessed", ASSESSED, "met"),
        ("notification_assessment", "not_a_notification", A_FRIEND, "ended_otherwise"),
        ("notification_assessment", "other_municipality_took_over", ANOTHER, "ended_otherwise"),
        ("notification_receipt", "receipt_sent", {"how": "Digital Post"}, "met"),
        ("notification_receipt", "no_receipt_owed", {"reason": "Anonym uden adresse"}, "ended_otherwise"),
        ("notification_receipt", "not_a_notification", A_FRIEND, "ended_otherwise"),
        ("alcohol_treatment", "treatment_begun", {}, "met"),
        ("alcohol_treatment", "declined", {}, "ended_otherwise"),
        ("drug_treatment", "treatment_begun", {}, "met"),
        ("drug_treatment", "declined", {"reason": "Ønsker det ikke nu"}, "ended_otherwise"),
        ("application_support_at_home", "decided", {}, "met"),
        ("application_support_at_home", "withdrawn", {}, "ended_otherwise"),
        ("file_access", "answered", {}, "met"),
        ("data_access", "answered", {}, "met"),
        ("data_access", "withdrawn", {}, "ended_otherwise"),
        ("complaint_review", "reviewed", {"how": "changed"}, "met"),
        ("complaint_review", "reviewed", {"how": "upheld_and_sent_on"}, "met"),
        ("complaint_review", "withdrawn", {}, "ended_otherwise"),
        ("child_assessment", "finished", {}, "met"),
        ("forwarding", "forwarded", {}, "met"),
        ("unread_mail", "read", {}, "met"),
        ("follow_up_hky", "made", {}, "met"),
        ("a_rule_of_tomorrow", "done", {}, "met"),
    ],
)
async def test_each_rule_has_its_acts(
    duties: Duties, rule: str, act: str, given: dict[str, Any], state: str
) -> None:
    contact = new_id()
    owed = clock(rule, RECEIVED, NOW + timedelta(days=9))
    await duties.deliver(assessed(contact, owed), triaged(contact, Unit.CHILDREN_AMAGER))
    duty = await duties.the(contact, rule)
    assert act in {one["act"] for one in duty["acts"]}
    written = (await duties.act(duty, act, **given)).json()
    assert (written["state"], written["act"], written["details"]) == (state, act, given)
    assert written["reason"] == (act if state == "ended_otherwise" else None)
    assert (written["ended_by"], written["role"], written["acts"]) == ("dorte", "caseworker", [])
    assert written["ending_text"] == act_name(act) != act
    assert await duties.the(contact, rule) == written
    trail = await duties.otto.get(f"/v1/entries/{(await duties.entry(contact))['id']}")
    last = trail.json()["trail"][-1]
    assert (last["reason"], last["subject"]) == (f"{rule}: {act}", "dorte")


@pytest.mark.parametrize(
    ("act", "given", "pointers"),
    [
        ("assessed", {}, ["/acute_help_needed", "/reason"]),
        ("assessed", {"acute_help_needed": False}, ["/reason"]),
        ("assessed", {"acute_help_needed": False, "reason": " "}, ["/reason"]),
        ("assessed", {**ASSESSED, "reason": "Se 710190-1234"}, ["/reason"]),
        ("assessed", {**ASSESSED, "how": "changed"}, ["/how"]),
        ("other_municipality_took_over", {}, ["/reason"]),
        ("not_a_notification", {}, ["/reason"]),
        ("treatment_begun", {}, ["/act"]),
        ("Read!", {}, ["/act"]),
        ("duplicate", {}, ["/duplicate_of"]),
        ("not_a_notification", {"because": "no"}, ["/because"]),
        ("not_a_notification", {**A_FRIEND, "at": "2026-03-10T05:59:59Z"}, ["/at"]),
        ("not_a_notification", {**A_FRIEND, "at": "2026-03-10T09:00:01Z"}, ["/at"]),
        ("not_a_notification", {**A_FRIEND, "at": "2026-03-10T09:00:00"}, ["/at"]),
    ],
)
async def test_an_act_that_is_not_right_is_refused_with_its_field_and_changes_nothing(
    duties: Duties, act: str, given: dict[str, Any], pointers: list[str]
) -> None:
    contact = await notified(duties)
    before = await duties.the(contact)
    answer = await duties.act(before, act, **given)
    assert refused(answer, 422, "invalid-input", *pointers)
    assert "710190" not in answer.text
    assert await duties.the(contact) == before


async def test_how_a_complaint_was_reviewed_is_one_of_two_ways(duties: Duties) -> None:
    contact = new_id()
    owed = clock("complaint_review", RECEIVED, NOW + timedelta(days=28))
    await duties.deliver(assessed(contact, owed), triaged(contact, Unit.CHILDREN_AMAGER))
    answer = await duties.act(await duties.the(contact, "complaint_review"), "reviewed", how="Ved møde")
    assert refused(answer, 422, "invalid-input", "/how")


async def test_an_act_counts_from_when_it_was_done_and_keeps_when_it_was_written(duties: Duties) -> None:
    contact = await notified(duties)
    duties.routing.clock.advance(timedelta(days=2))
    done = await duties.act(await duties.the(contact), "assessed", at="2026-03-10T10:00:00+01:00", **ASSESSED)
    assert (done.json()["state"], done.json()["ended_at"], done.json()["written_at"]) == (
        "met",
        "2026-03-10T09:00:00Z",
        "2026-03-12T09:00:00Z",
    )
    late = await duties.act(await duties.the(contact, "notification_receipt"), "receipt_sent", how="Brev")
    assert late.json()["state"] == "met"


async def test_what_is_done_after_its_time_is_met_late(duties: Duties) -> None:
    contact = await notified(duties)
    duties.routing.clock.advance(timedelta(hours=22))
    assert (await duties.act(await duties.the(contact), "assessed", **ASSESSED)).json()["state"] == "met_late"


async def test_an_ended_duty_takes_no_further_act(duties: Duties) -> None:
    contact = await notified(duties)
    await duties.act(await duties.the(contact), "assessed", **ASSESSED)
    ended = await duties.the(contact)
    assert refused(await duties.act(ended, "not_a_notification"), 409, "duty-ended", "/act")
    assert await duties.the(contact) == ended
    assert refused(await duties.act({"id": str(new_id())}, "assessed", **ASSESSED), 404, "not-found")


async def test_the_same_request_again_is_answered_alike_and_acts_once(duties: Duties) -> None:
    contact = await notified(duties)
    duty = await duties.the(contact)
    first, again = [await duties.act(duty, "assessed", key="dorte-1", **ASSESSED) for _ in range(2)]
    assert (first.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await duties.act(duty, "not_a_notification", key="dorte-1")
    assert refused(other, 422, "idempotency-mismatch")
    trail = await duties.otto.get(f"/v1/entries/{(await duties.entry(contact))['id']}")
    assert [move["kind"] for move in trail.json()["trail"]].count("clock_met") == 1


async def test_only_the_unit_that_answers_acts(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(assessed(contact, *notification(RECEIVED)))
    duty = await duties.the(contact)
    adults = duties.routing.client(Role.CASEWORKER, units=["adults"])
    for stranger in (duties.dorte, adults, duties.otto, duties.routing.client(Role.AUDITOR)):
        assert refused(await duties.act(duty, "not_a_notification", stranger), 403, "forbidden")
    await duties.deliver(triaged(contact, Unit.CHILDREN_AMAGER))
    for stranger in (duties.alma, adults):
        assert refused(await duties.act(duty, "not_a_notification", stranger), 403, "forbidden")
    assert (await duties.act(duty, "not_a_notification", **A_FRIEND)).status_code == 200


async def test_an_act_lets_the_entry_be_ordered_by_what_is_left(duties: Duties) -> None:
    contact = await notified(duties)
    assert (await duties.entry(contact))["order"]["rule"] == "notification_assessment"
    await duties.act(await duties.the(contact), "assessed", **ASSESSED)
    entry = await duties.entry(contact)
    assert (entry["order"]["rule"], [one["rule"] for one in entry["clocks"]]) == (
        "notification_receipt",
        ["notification_receipt"],
    )


async def test_a_duty_is_done_with_another_contact_only_while_the_same_runs_there(duties: Duties) -> None:
    first, second = await notified(duties), await notified(duties)
    ended = await duties.act(await duties.the(second), "duplicate", duplicate_of=str(first))
    assert (ended.json()["state"], ended.json()["reason"], ended.json()["details"]) == (
        "ended_otherwise",
        "duplicate",
        {"duplicate_of": str(first)},
    )
    duty = await duties.the(first)
    for other in (first, second, new_id()):
        answer = await duties.act(duty, "duplicate", duplicate_of=str(other))
        assert refused(answer, 422, "invalid-input", "/duplicate_of")
    third = await notified(duties)
    await duties.deliver(closed(third, "advised"))
    answer = await duties.act(duty, "duplicate", duplicate_of=str(third))
    assert refused(answer, 422, "invalid-input", "/duplicate_of")
    assert (await duties.the(first))["state"] == "running"


async def test_another_child_is_no_duplicate(duties: Duties) -> None:
    keys = ("a" * 64, "b" * 64, "a" * 64, None)
    anna, bo, anna_again, unknown = [await notified(duties, key) for key in keys]
    answer = await duties.act(await duties.the(anna), "duplicate", duplicate_of=str(bo))
    assert refused(answer, 422, "invalid-input", "/duplicate_of")
    for other in (anna_again, unknown):
        answer = await duties.act(await duties.the(other), "duplicate", duplicate_of=str(anna))
        assert answer.status_code == 200, answer.text


async def test_a_childs_duty_is_done_while_the_parents_entry_carries_it(duties: Duties) -> None:
    mother, kid = new_id(), new_id()
    await duties.deliver(
        assessed(mother, companions=[child(kid, received_at=RECEIVED)]), triaged(mother, Unit.RECEPTION)
    )
    entry = await duties.entry(mother)
    assert entry["order"]["rule"] == "notification_assessment"
    await duties.alma.post(f"/v1/entries/{entry['id']}/take")
    acts = [{"id": (await duties.the(kid))["id"], "act": "not_a_notification", **A_FRIEND}]
    done = await duties.alma.post(f"/v1/entries/{entry['id']}/complete", json={"duties": acts})
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    assert await duties.states(kid) == {
        "notification_assessment": "ended_otherwise",
        "notification_receipt": "running",
    }


async def test_figures_count_what_ended_otherwise_in_the_denominator(duties: Duties) -> None:
    for act, given in (("assessed", ASSESSED), ("not_a_notification", A_FRIEND), (None, {})):
        contact = await notified(duties)
        if act is not None:
            await duties.act(await duties.the(contact), act, **given)
    await duties.deliver(assessed(new_id(), assessment_clock(ago(hours=30))))
    params = {"from": "2026-03-09T00:00:00Z", "to": "2026-03-12T00:00:00Z", "group_by": "rule"}
    (group,) = (await duties.otto.get("/v1/statistics", params=params)).json()["groups"]
    assert group["deadlines"] == {
        "met": 1,
        "missed": 1,
        "stopped": 1,
        "open": 1,
        "met_late": 0,
        "overdue": 1,
        "ended_otherwise": {"not_a_notification": 1},
        "share": pytest.approx(1 / 3),
    }
    metrics = (await duties.routing.client(None).get("/metrics")).text
    assert (
        'dsi_clocks{reason="not_a_notification",rule="notification_assessment",state="ended_otherwise"} 1.0'
        in metrics
    )
    (board,) = [
        one
        for one in (await duties.otto.get("/v1/board/now")).json()["duties"]
        if one["rule"] == "notification_assessment"
    ]
    assert (board["met"], board["running"], board["overdue"], board["ended_otherwise"]) == (
        1,
        1,
        1,
        {"not_a_notification": 1},
    )


def test_the_plain_act_is_the_one_that_requires_nothing() -> None:
    assert plain_act("drug_treatment") == "treatment_begun"
    assert plain_act("application_debt") == "decided"
    assert plain_act("notification_assessment") is plain_act("complaint_review") is None
    assert plain_act("notification_receipt") is None


@pytest.mark.parametrize("rule", ["notification_assessment", "file_access", "forwarding", "anything"])
def test_every_rule_has_an_act_by_which_it_is_done(rule: str) -> None:
    assert DutyEnding.DONE in {terms.ends for terms in acts_of(rule).values()}
