"""The routing service, put together."""

from collections.abc import Callable, Mapping

import httpx
from fastapi import FastAPI
from starlette.datastructures import State

from services.routing.acts.endpoints import clocks_router, duties_router, entry_acts_router
from services.routing.board.endpoints import board_router
from services.routing.board.metrics import QueueMetrics, measure
from services.routing.board.service import broadcast_board
from services.routing.contacts.events import HANDLERS
from services.routing.deadlines.endpoints import areas_router
from services.routing.deadlines.first_start import store_areas
from services.routing.deadlines.service import use_stored_areas
from services.routing.entries.endpoints import entries_router
from services.routing.models import tables
from services.routing.opening_hours.endpoints import administrations_router, hours_router
from services.routing.queues.endpoints import queues_router
from services.routing.reorganisations.endpoints import reorganisations_router
from services.routing.reorganisations.jobs import Reorganising
from services.routing.settings import Settings
from services.routing.staff.endpoints import staff_router
from services.routing.staff.service import Staff, refresh_staff
from services.routing.tasks.endpoints import tasks_router
from services.routing.tasks.jobs import MissedDeadlines
from services.routing.tickets.endpoints import tickets_router
from services.routing.units.endpoints import units_router
from services.routing.units.first_start import store_city
from services.routing.units.service import use_stored_units
from services.routing.waits.endpoints import statistics_router
from shared.access import Principal
from shared.background import Job
from shared.clock import Clock
from shared.known_configuration import StoredConfiguration
from shared.service_app import Service, create_service
from shared.unit_of_work import UnitOfWork

_TAGS = (
    {"name": "units", "description": "Units that receive work, with their dates"},
    {"name": "queues", "description": "The reception's and the teams' queues, live"},
    {"name": "entries", "description": "One stay of a contact in one queue, from entering to its end"},
    {
        "name": "duties",
        "description": "What citizens are owed, from the first word on, each ended by its own act",
    },
    {"name": "clocks", "description": "Deadlines that must still be met"},
    {"name": "tasks", "description": "What a unit must do because a deadline was missed"},
    {"name": "application areas", "description": "The municipality's own deadlines for applications, dated"},
    {"name": "opening hours", "description": "When queues are open, and when administrations are closed"},
    {"name": "reorganisations", "description": "Moving a unit's open work to others, from a day on"},
    {"name": "staff", "description": "Which units each member of staff works in, and from when"},
    {"name": "board", "description": "The live board"},
    {"name": "statistics", "description": "Figures of a period"},
    {"name": "events", "description": "Events between the services"},
    {"name": "health", "description": "For orchestrators and Prometheus"},
)


async def _prepare(work: UnitOfWork) -> None:
    await store_city(work)
    await store_areas(work)
    await use_stored_units(work.session)
    await use_stored_areas(work.session)
    work.state.board = broadcast_board(work)
    work.state.staff = Staff()


async def _with_units_of_today(state: State, who: Principal) -> Principal:
    """The caller as the staff file has them today; without an entry there, as their token says."""
    await refresh_staff(state)
    staff: Staff = state.staff
    return staff.today(who, state)


def _jobs(state: State) -> list[Job]:
    return [
        MissedDeadlines(state),
        Reorganising(state),
        StoredConfiguration(state, use_stored_units, use_stored_areas),
    ]


def service(settings: Settings) -> Service:
    """Its routes, tables, handlers of events, events and jobs."""
    return Service(
        name="routing",
        title="Routing: who waits for whom",
        description="Queues of the reception and of every team; entries, their clocks, waits and forecasts.",
        tables=tables,
        routers=(
            units_router,
            queues_router,
            entries_router,
            tickets_router,
            entry_acts_router,
            duties_router,
            clocks_router,
            tasks_router,
            areas_router,
            hours_router,
            administrations_router,
            reorganisations_router,
            staff_router,
            statistics_router,
            board_router,
        ),
        handlers=HANDLERS,
        publishes={
            "entry.taken": ("intake",),
            "entry.released": ("intake",),
            "entry.completed": ("intake",),
            "entry.returned": ("intake", "triage"),
            "units.configured": ("intake", "triage"),
            "application_areas.configured": ("triage",),
        },
        peers={"intake": settings.intake_url, "triage": settings.triage_url},
        tags=_TAGS,
        prepare=_prepare,
        measure=measure,
        jobs=_jobs,
        admit=_with_units_of_today,
    )


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    connect: Mapping[str, Callable[[], httpx.AsyncClient]] | None = None,
    relay: bool = True,
) -> FastAPI:
    """The routing service as an ASGI app."""
    settings = settings or Settings()
    app = create_service(
        service(settings), settings, settings.routing_database_url, clock=clock, connect=connect, relay=relay
    )
    app.state.queue_metrics = QueueMetrics(app.state.metrics.registry)
    return app
