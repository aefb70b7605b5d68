"""The triage service, put together."""

from collections.abc import Callable, Mapping

import httpx
from fastapi import FastAPI

from services.triage import metrics
from services.triage.advice import Advisers
from services.triage.endpoints.assessments import assessments_router
from services.triage.endpoints.hsds_import import import_router
from services.triage.endpoints.hsds_organizations import organizations_router, places_router
from services.triage.endpoints.hsds_services import services_router
from services.triage.endpoints.hsds_taxonomies import root_router, taxonomies_router, terms_router
from services.triage.endpoints.matching import matching_router
from services.triage.endpoints.recommendations import recommendations_router
from services.triage.endpoints.reference import needs_router, rulesets_router
from services.triage.endpoints.referrals import outcomes_router, referrals_router
from services.triage.events import HANDLERS
from services.triage.example import load_example
from services.triage.models import tables
from services.triage.settings import Settings
from shared.clock import Clock
from shared.service_app import Service, create_service
from shared.work import Work

_TAGS = (
    {"name": "recommendations", "description": "Advice on facts, with nothing stored"},
    {"name": "assessments", "description": "Stored recommendations, and what people decide on them"},
    {"name": "rule sets", "description": "The dated rules that triage recommends by"},
    {"name": "needs", "description": "The vocabulary of needs, with labels and KLE numbers"},
    {"name": "services", "description": "The catalogue of offers that need no prior assessment"},
    {"name": "events", "description": "Events between the services"},
    {"name": "health", "description": "For orchestrators and Prometheus"},
)


async def _prepare(work: Work) -> None:
    work.state.advisers = Advisers()
    work.state.gauges = metrics.make_gauges(work.state.metrics.registry)


def service(settings: Settings) -> Service:
    """What triage is."""
    return Service(
        name="triage",
        title="Triage: where it should go, and why",
        description="Recommends exactly one destination for a contact, with its reasons; a person decides.",
        tables=tables,
        routers=(
            recommendations_router,
            assessments_router,
            rulesets_router,
            needs_router,
            services_router,
            organizations_router,
            places_router,
            taxonomies_router,
            terms_router,
            root_router,
            import_router,
            matching_router,
            referrals_router,
            outcomes_router,
        ),
        handlers=HANDLERS,
        publishes={"contact.triaged": ("intake", "routing")},
        peers={"intake": settings.intake_url, "routing": settings.routing_url},
        tags=_TAGS,
        load_example=load_example,
        prepare=_prepare,
        measure=metrics.measure,
    )


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    connect: Mapping[str, Callable[[], httpx.AsyncClient]] | None = None,
    relay: bool = True,
) -> FastAPI:
    """The triage service as an ASGI app."""
    settings = settings or Settings()
    return create_service(
        service(settings), settings, settings.triage_database_url, clock=clock, connect=connect, relay=relay
    )
