"""Sets intake's gauges from storage, just before they are read."""

from services.intake.callback_store.state import OPEN
from services.intake.callbacks import repository as callbacks_repository
from services.intake.calls import repository as calls_repository
from services.intake.contacts import repository as contacts_repository
from services.intake.delivery_store import repository as deliveries_repository
from services.intake.gauges import IntakeGauges
from services.intake.lines.dependencies import lines_of
from shared.unit_of_work import UnitOfWork
from shared.working_days import local_date


async def measure(work: UnitOfWork) -> None:
    """Set the gauges to what is stored now."""
    gauges: IntakeGauges = work.state.gauges
    gauges.contacts.clear()
    for (status, channel), count in (await contacts_repository.count_unfinished(work.session)).items():
        gauges.contacts.labels(status, channel).set(count)
    gauges.open_calls.set(await calls_repository.count_open_calls(work.session))
    await _measure_deliveries(work, gauges)
    await _measure_callbacks(work, gauges)


async def _measure_deliveries(work: UnitOfWork, gauges: IntakeGauges) -> None:
    gauges.uninterpretable.clear()
    for (form, reason), count in (await deliveries_repository.count_set_aside(work.session)).items():
        gauges.uninterpretable.labels(form, reason).set(count)
    gauges.unread.set(await deliveries_repository.count_unread(work.session))
    seen = await calls_repository.unconfigured(work.session)
    lines, now = lines_of(work), work.clock.now()
    gauges.unconfigured.set(sum(not lines.is_claimed(row.queue, row.source, now) for row in seen))


async def _measure_callbacks(work: UnitOfWork, gauges: IntakeGauges) -> None:
    now = work.clock.now()
    for gauge in (gauges.callbacks, gauges.oldest_callback, gauges.anonymous):
        gauge.clear()
    first_due = dict[str, float]()
    counts = await callbacks_repository.count_callbacks(work.session, statuses=OPEN)
    for (line, status), (count, due) in counts.items():
        gauges.callbacks.labels(line, status).set(count)
        first_due[line] = max(first_due.get(line, 0.0), (now - due).total_seconds())
    for line, seconds in first_due.items():
        gauges.oldest_callback.labels(line).set(seconds)
    for (line, _), count in (
        await callbacks_repository.count_anonymous(work.session, local_date(now))
    ).items():
        gauges.anonymous.labels(line).inc(count)
