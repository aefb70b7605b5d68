"""Over random lives no duty is lost, begins later than receipt, or ends without its act (hypothesis).

Assessments, decisions and reports come late, doubled and in any order, between what people do: take, complete,
return, transfer, abandon, write acts. After each step the service is compared with a model (model.py) that
knows no order of arrival.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.routing.models import EntryRow
from services.routing.repository import ENTRIES
from services.routing.states import OPEN_STATUSES
from shared.contracts import Clock, Destination, Facts, TriagedCompanion
from shared.ids import new_id
from shared.vocabulary import Channel, DestinationKind, Need, Role, Unit, Urgency
from tests.bench import Bench
from tests.routing.duties.model import CHILD_ASSESSMENT, RUNNING, Life, Rules
from tests.routing.events import (
    RECEPTION_QUEUES,
    assessed,
    child,
    clock,
    closed,
    notification,
    triaged,
    visit,
    waiting,
)

NOTIFICATION: Rules = frozenset({"notification_assessment", "notification_receipt"})
TREATMENT: Rules = frozenset({"drug_treatment"})
FILE: Rules = frozenset({"file_access"})
OWED = st.lists(st.sampled_from([NOTIFICATION, TREATMENT, FILE]), max_size=3).map(
    lambda parts: frozenset().union(*parts)
)
UNITS = st.sampled_from([Unit.CHILDREN_AMAGER, Unit.YOUTH, Unit.RECEPTION])
NUMBERS = st.integers(1, 3)
#: What each assessment (by its number) and decision states is drawn once; which of them comes when, in the steps.
STATED = st.fixed_dictionaries({number: st.tuples(OWED, st.booleans(), UNITS) for number in (1, 2, 3)})
ACTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "notification_assessment": [
        ("assessed", {"acute_help_needed": False, "reason": "I sikkerhed"}),
        ("not_a_notification", {"reason": "Handlede om en voksen"}),
        ("duplicate", {}),
    ],
    "notification_receipt": [("receipt_sent", {"how": "Brev"}), ("no_receipt_owed", {"reason": "Anonym"})],
    "drug_treatment": [("treatment_begun", {}), ("declined", {})],
    "file_access": [("answered", {}), ("withdrawn", {})],
    "unread_mail": [("read", {})],
    "child_assessment": [("finished", {})],
}
STEPS = st.lists(
    st.one_of(
        *[st.tuples(st.just("assessed"), NUMBERS)] * 3,
        *[st.tuples(st.just("decided"), NUMBERS)] * 2,
        st.tuples(st.just("child_assessed"), NUMBERS),
        st.tuples(st.just("arrived"), NUMBERS),
        st.tuples(st.just("closed"), NUMBERS),
        st.tuples(st.sampled_from(["take", "complete", "return", "transfer", "abandon", "start"]), NUMBERS),
        st.tuples(st.just("act"), st.integers(0, 8)),
        st.tuples(st.just("hours"), NUMBERS),
    ),
    min_size=6,
    max_size=14,
)


def clocks_of(rules: Rules, received_at: datetime) -> list[Clock]:
    known = [
        *notification(received_at),
        clock("drug_treatment", received_at, received_at + timedelta(days=14)),
        clock("file_access", received_at, received_at + timedelta(days=9), paused=True),
    ]
    return [one for one in known if one.rule in rules]


class Lives:
    """A mother's contact and her child's, delivered and acted on, with the model of each."""

    def __init__(self, bench: Bench, stated: dict[int, Any], *, is_letter: bool) -> None:
        self.bench, self.stated = bench, stated
        self.channel = Channel.WRITTEN if is_letter else Channel.PHONE
        self.received_at = bench.clock.now()
        self.mother, self.kid, self.twin = new_id(), new_id(), new_id()
        self.lives = {self.mother: Life(is_letter), self.kid: Life()}
        self.anyone = bench.client(Role.CASEWORKER, units=["*"], subject="dorte")
        self.moved = False

    async def begin(self) -> None:
        """Another contact about the child, in which the same duties run."""
        owed = notification(self.received_at)
        await self.bench.deliver(assessed(self.twin, *owed, received_at=self.received_at))

    async def step(self, kind: str, number: int) -> None:
        await getattr(self, f"_{kind}")(number)

    async def _assessed(self, number: int) -> None:
        owed, with_child, _ = self.stated[number]
        self.lives[self.mother].assessments[number] = owed
        if with_child:
            self.lives[self.kid].parents_assessments[number] = NOTIFICATION
        await self._deliver(
            assessed(
                self.mother,
                *clocks_of(owed, self.received_at),
                number=number,
                at=self.received_at + timedelta(minutes=number),
                received_at=self.received_at,
                channel=self.channel,
                companions=[child(self.kid, received_at=self.received_at)] if with_child else (),
            )
        )

    async def _child_assessed(self, number: int) -> None:
        owed = self.stated[number][0]
        self.lives[self.kid].assessments[number] = owed
        await self._deliver(
            assessed(
                self.kid,
                *clocks_of(owed, self.received_at),
                number=number,
                at=self.received_at + timedelta(minutes=number),
                received_at=self.received_at,
            )
        )

    async def _decided(self, number: int) -> None:
        owed, with_child, unit = self.stated[number]
        self.lives[self.mother].decisions[number] = owed
        if with_child:
            self.lives[self.kid].decisions[number] = NOTIFICATION
        kid = TriagedCompanion(
            contact_id=self.kid,
            concerns="child",
            destination=Destination(kind=DestinationKind.UNIT, unit=Unit.CHILDREN_AMAGER),
            urgency=Urgency.DAY,
            clocks=notification(self.received_at),
            facts=Facts(needs=frozenset({Need.CHILD_CONCERN}), age=7),
        )
        await self._deliver(
            triaged(
                self.mother,
                unit,
                decision=number,
                at=self.received_at + timedelta(minutes=10 + number),
                clocks=clocks_of(owed, self.received_at),
                companions=[kid] if with_child else (),
                channel=self.channel,
            )
        )

    async def _arrived(self, number: int) -> None:
        self.lives[self.mother].arrived = True
        came = visit(self.received_at, queue=RECEPTION_QUEUES[self.channel])
        await self._deliver(waiting(self.mother, came, version=number, channel=self.channel))

    async def _closed(self, number: int) -> None:
        await self._deliver(closed(self.mother, "completed", version=number, at=self.bench.clock.now()))

    async def _hours(self, number: int) -> None:
        self.bench.clock.advance(timedelta(hours=5 * number))

    async def _take(self, _: int) -> None:
        if (entry := await self.open_entry(self.mother)) is not None and entry.status == "waiting":
            await self._post(f"/v1/entries/{entry.id}/take")
            self.lives[self.mother].opened = True

    async def _complete(self, number: int) -> None:
        await self._take(number)
        if (entry := await self.open_entry(self.mother)) is None:
            return
        acts = []
        for duty in await self.duties(self.mother):
            if number > 1 and duty["state"] in {"running", "overdue"}:
                act, details = ACTS[duty["rule"]][0]
                acts.append({"id": duty["id"], "act": act, **details})
                self.lives[self.mother].acts[duty["rule"]] = act
        await self._post(f"/v1/entries/{entry.id}/complete", {"duties": acts})

    async def _return(self, _: int) -> None:
        entry = await self.open_entry(self.mother)
        if entry is not None and not entry.queue.startswith("reception-"):
            self.moved = True
            await self._post(f"/v1/entries/{entry.id}/return", {"reason": "Forkert enhed"})

    async def _transfer(self, _: int) -> None:
        entry = await self.open_entry(self.mother)
        if entry is not None and entry.queue != "adults":
            self.moved = True
            await self._post(f"/v1/entries/{entry.id}/transfer", {"queue": "adults"})

    async def _abandon(self, _: int) -> None:
        if (entry := await self.open_entry(self.mother)) is not None:
            await self._post(f"/v1/entries/{entry.id}/abandon")

    async def _start(self, number: int) -> None:
        life = self.lives[self.mother]
        entry = await self.open_entry(self.mother)
        if entry is None or entry.queue != Unit.CHILDREN_AMAGER or life.started:
            return
        await self._take(number)
        await self._post(f"/v1/entries/{entry.id}/clocks", {"rule": CHILD_ASSESSMENT}, status=201)
        life.started = True

    async def _act(self, place: int) -> None:
        """An act on one of the duties, or on one that has ended: that is refused."""
        all_duties = [(one, duty) for one in self.lives for duty in await self.duties(one)]
        if not all_duties:
            return
        contact, duty = all_duties[place % len(all_duties)]
        options = ACTS[duty["rule"]]
        act, details = options[place % len(options)]
        given = {**details, **({"duplicate_of": str(self.twin)} if act == "duplicate" else {})}
        runs = duty["state"] in {"running", "overdue"}
        path = f"/v1/duties/{duty['id']}/acts"
        await self._post(path, {"act": act, **given}, status=200 if runs else 409)
        if runs:
            self.lives[contact].acts[duty["rule"]] = act

    async def check(self) -> None:
        """The service has the model's duties, from receipt on, each where somebody can see it."""
        listed = (await self.anyone.get("/v1/clocks?limit=500")).json()["items"]
        seen = {one["id"] for one in listed}
        for contact, life in self.lives.items():
            duties = await self.duties(contact)
            assert {duty["rule"]: _ending(duty) for duty in duties} == life.duties()
            assert len({duty["rule"] for duty in duties}) == len(duties)
            for duty in duties:
                if duty["rule"] != CHILD_ASSESSMENT:
                    assert datetime.fromisoformat(duty["starts_at"]) == self.received_at
                assert (duty["id"] in seen) == (_ending(duty) == RUNNING)
                if _ending(duty) == RUNNING and not self.moved:
                    assert duty["unit"] == self._unit(contact)
        await self._check_place()

    def _unit(self, contact: UUID) -> str:
        """Who answers, as long as nobody returned or transferred an entry: the newest decision's unit."""
        life = self.lives[contact]
        if not life.decided:
            return "reception"
        return str(Unit.CHILDREN_AMAGER if contact == self.kid else self.stated[max(life.decisions)][2])

    async def _check_place(self) -> None:
        """The mother's entry is due by the earliest of its target and what it carries."""
        entry = await self.open_entry(self.mother)
        if entry is None:
            return
        carried = [
            datetime.fromisoformat(duty["due_at"])
            for contact in self.lives
            for duty in await self.duties(contact)
            if duty["carried_by"] == str(self.mother) and _ending(duty) == RUNNING
        ]
        target = timedelta(
            seconds=(await self.anyone.get(f"/v1/queues/{entry.queue}")).json()["target_seconds"]
        )
        assert entry.order_at == min([entry.entered_at + target, *carried])

    async def duties(self, contact: UUID) -> list[dict[str, Any]]:
        answer = await self.anyone.get("/v1/duties", params={"contact_id": str(contact)})
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def open_entry(self, contact: UUID) -> EntryRow | None:
        wanted = select(ENTRIES).where(ENTRIES.c.contact_id == contact, ENTRIES.c.status.in_(OPEN_STATUSES))
        async with self.bench.app.state.database.reading() as session:
            row = (await session.execute(wanted)).mappings().first()
        return None if row is None else EntryRow(**row)

    async def _deliver(self, event: Any) -> None:
        (result,) = (await self.bench.deliver(event)).results
        assert (result.status, result.reason) == ("accepted", None)

    async def _post(self, path: str, body: dict[str, Any] | None = None, *, status: int = 200) -> None:
        answer = await self.anyone.post(path, json=body)
        assert answer.status_code == status, (path, body, answer.text)


def _ending(duty: dict[str, Any]) -> str:
    return str(duty["act"] or duty["reason"] or RUNNING)


#: Without shrinking: a life takes half a second, and the first one that fails is short enough to read.
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(stated=STATED, steps=STEPS, is_letter=st.booleans())
@example(  # owed no longer while one unit has it, owed again while another has
    stated={
        1: (FILE, False, Unit.RECEPTION),
        2: (FILE, False, Unit.RECEPTION),
        3: (NOTIFICATION, False, Unit.YOUTH),
    },
    steps=[("decided", 2), ("decided", 3), ("assessed", 2)],
    is_letter=False,
)
async def test_no_duty_is_lost_begins_late_or_ends_without_its_act(
    routing: Bench, stated: dict[int, Any], steps: list[tuple[str, int]], is_letter: bool
) -> None:
    if not routing.app.state.database.is_sqlite:
        pytest.skip("the statements are the same, and the other tests run them on both")
    lives = Lives(routing, stated, is_letter=is_letter)
    await lives.begin()
    for kind, number in steps:
        await lives.step(kind, number)
        await lives.check()
