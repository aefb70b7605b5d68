"""Which rows of the rules people followed in a period, and which they distrusted."""

from collections import defaultdict
from datetime import datetime
from itertools import groupby

from services.triage.learning.report import Titles, learning_of
from services.triage.learning.repository import read_decisions
from services.triage.learning.schemas import LearningOut
from services.triage.learning.trust import Bucket, DecisionRecord, RowKey, Trust, TrustByRow, verdict_of
from services.triage.rulesets.repository import find_ruleset
from shared.unit_of_work import UnitOfWork


async def learn(work: UnitOfWork, first: datetime, last: datetime, bucket: Bucket) -> LearningOut:
    """What was decided from `first` on and before `last`, beside the equally long period before."""
    now = await _count(work, first, last, bucket)
    before = await _count(work, first - (last - first), first, bucket)
    return learning_of(now, before, await _titles(work, now), (first, last), bucket)


async def _count(work: UnitOfWork, first: datetime, last: datetime, bucket: Bucket) -> TrustByRow:
    rows: dict[RowKey, Trust] = defaultdict(Trust)
    unfinished: list[DecisionRecord] = []
    async for batch in read_decisions(work.session, first, last):
        known = [*unfinished, *batch]
        groups = [list(group) for _, group in groupby(known, key=lambda one: one.assessment_id)]
        # The last assessment of a batch may have further decisions in the next one.
        unfinished = groups.pop()
        for group in groups:
            rows[group[0].row_key].add(verdict_of(group), bucket)
    if unfinished:
        rows[unfinished[0].row_key].add(verdict_of(unfinished), bucket)
    return dict(rows)


async def _titles(work: UnitOfWork, counted: TrustByRow) -> Titles:
    titles: dict[tuple[str, int], str] = {}
    for version in {key.ruleset for key in counted}:
        row = await find_ruleset(work.session, version)
        if row is not None:
            titles |= {(version, one["number"]): one["title"] for one in row.content["rows"]}
    return titles
