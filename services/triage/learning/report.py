"""The list for the rule owners' monthly meeting: as data, and as Markdown in Danish."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from services.triage.learning.schemas import (
    BucketOut,
    CountedPlace,
    CountedReason,
    DistrustExample,
    LearningOut,
    OutcomesOut,
    RowTrust,
)
from services.triage.learning.trust import (
    Bucket,
    Outcome,
    Place,
    RowKey,
    Trust,
    TrustByRow,
    Verdict,
    ordered,
)
from services.triage.rulesets.wording import place_label, texts
from services.triage.simulation.schemas import PlaceOut
from services.triage.simulation.table import danish_date
from shared.ids import show_reference

#: A row's title by rule set and number; rows of rule sets that are gone have none.
Titles = Mapping[tuple[str, int], str]


def learning_of(
    now: TrustByRow, before: TrustByRow, titles: Titles, period: tuple[datetime, datetime], by: Bucket
) -> LearningOut:
    """Every row that people did not follow at least once, the most certainly distrusted first."""
    first, last = period
    rows = [(key, trust) for key, trust in ordered(now.items()) if trust.distrusted]
    nothing = Trust()
    return LearningOut(
        first=first,
        last=last,
        by=by,
        total=_outcomes(_sum(now)),
        before=_outcomes(_sum(before)),
        items=[_row(key, trust, before.get(key, nothing), titles.get(key[:2], "")) for key, trust in rows],
    )


def _sum(counted: TrustByRow) -> Counter[Outcome]:
    total: Counter[Outcome] = Counter()
    for trust in counted.values():
        total += trust.outcomes
    return total


def _outcomes(counted: Counter[Outcome]) -> OutcomesOut:
    return OutcomesOut(
        decided=sum(counted.values()),
        accepted=counted["accepted"],
        overridden=counted["overridden"],
        returned=counted["returned"],
    )


def _row(key: RowKey, trust: Trust, before: Trust, title: str) -> RowTrust:
    return RowTrust(
        **_outcomes(trust.outcomes).model_dump(),
        ruleset=key.ruleset,
        row=key.row,
        title=title,
        place=_place(key.place),
        share=round(trust.distrusted / trust.decided, 4),
        least_share=round(trust.least_share, 4),
        before=_outcomes(before.outcomes),
        trend=[
            BucketOut(period=period, **_outcomes(counted).model_dump())
            for period, counted in sorted(trust.buckets.items())
        ],
        overridden_to=[
            CountedPlace(place=_place(place), count=count) for place, count in trust.sent_to.most_common()
        ],
        reasons=[
            CountedReason(code=code, label=_reason(code), count=count)
            for code, count in trust.reasons.most_common()
        ],
        examples=[_example(verdict) for verdict in trust.examples],
    )


def _place(place: Place) -> PlaceOut:
    return PlaceOut.model_validate({**place._asdict(), "label": place_label(*place)})


def _reason(code: str | None) -> str:
    return texts()["reasons"].get(code or "none", code or "")


def _example(verdict: Verdict) -> DistrustExample:
    decision = verdict.decision
    return DistrustExample(
        assessment_id=decision.assessment_id,
        contact_id=decision.contact_id,
        reference=show_reference(decision.reference),
        outcome=verdict.outcome,
        decided_at=decision.decided_at,
        place=_place(decision.place),
        reason_code=verdict.code,
    )


def learning_markdown(learning: LearningOut) -> str:
    """The list as it is handed out at the meeting."""
    sentences = texts()["learning"]
    title = sentences["title"].format(first=danish_date(learning.first), last=danish_date(learning.last))
    summary = sentences["summary"].format(
        distrusted=_distrusted(learning.total), decided=learning.total.decided, before=_few(learning.before)
    )
    lines = [f"# {title}", "", summary, sentences["order" if learning.items else "nothing"]]
    for rank, row in enumerate(learning.items, 1):
        lines += ["", *_row_lines(rank, row)]
    return "\n".join([*lines, ""])


def _row_lines(rank: int, row: RowTrust) -> list[str]:
    sentences = texts()["learning"]
    lines = [
        sentences["heading"].format(
            rank=rank, row=row.row, title=row.title, ruleset=row.ruleset, place=row.place.label
        ),
        "",
        sentences["counts"].format(
            **row.model_dump(include={"decided", "accepted", "overridden", "returned"}),
            share=f"{row.least_share * 100:.0f}",
        ),
        sentences["trend"].format(
            before=_few(row.before), buckets="; ".join(f"{one.period}: {_few(one)}" for one in row.trend)
        ),
    ]
    if row.overridden_to:
        places = ", ".join(_counted(one.place.label, one.count) for one in row.overridden_to)
        lines.append(sentences["sent_to"].format(places=places))
    reasons = ", ".join(_counted(one.label, one.count) for one in row.reasons)
    lines.append(sentences["reasons"].format(reasons=reasons))
    examples = ", ".join(map(_example_text, row.examples))
    return [*lines, sentences["examples"].format(examples=examples)]


def _counted(what: str, count: int) -> str:
    return texts()["learning"]["counted"].format(what=what, count=count)


def _example_text(example: DistrustExample) -> str:
    outcome = texts()["outcomes"][example.outcome]
    return texts()["learning"]["example"].format(
        reference=example.reference, outcome=outcome, day=danish_date(example.decided_at)
    )


def _distrusted(outcomes: OutcomesOut) -> int:
    return outcomes.decided - outcomes.accepted


def _few(outcomes: OutcomesOut) -> str:
    return texts()["learning"]["few"].format(count=_distrusted(outcomes), decided=outcomes.decided)
