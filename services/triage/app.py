"""The triage service: its routes, events, tables and gauges, put together."""

from collections.abc import Callable, Mapping
from itertools import zip_longest

import httpx
import structlog
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError

from services.triage.activation.endpoints import activation_router
from services.triage.alarms.endpoints import alarms_router
from services.triage.alarms.thresholds import read_thresholds
from services.triage.assessments import metrics
from services.triage.assessments.endpoints import assessments_router
from services.triage.assessments.events import HANDLERS
from services.triage.assessments.jobs import UnpublishedAssessments
from services.triage.catalogue.endpoints import root_router
from services.triage.catalogue.importing.endpoints import import_router
from services.triage.catalogue.importing.example import load_example
from services.triage.catalogue.offers.endpoints import matching_router
from services.triage.catalogue.offers.service import CatalogueCache
from services.triage.catalogue.organizations.endpoints import organizations_router
from services.triage.catalogue.places.endpoints import places_router
from services.triage.catalogue.services.endpoints import services_router
from services.triage.catalogue.taxonomies.endpoints import taxonomies_router, terms_router
from services.triage.decisions.endpoints import decisions_router
from services.triage.learning.endpoints import learning_router
from services.triage.models import KnownApplicationAreasRow, KnownUnitsRow, tables
from services.triage.needs.endpoints import needs_router
from services.triage.proof.proving import demand_proof
from services.triage.recommendations.endpoints import recommendations_router
from services.triage.recommendations.service import Advisers
from services.triage.referrals.endpoints import outcomes_router, referrals_router
from services.triage.reorganisations.endpoints import matching_contacts_router
from services.triage.rules.ruleset import load_rulesets
from services.triage.rulesets import repository
from services.triage.rulesets.endpoints import rulesets_router
from services.triage.settings import Settings
from services.triage.simulation.endpoints import simulations_router
from shared.clock import Clock
from shared.contracts import ApplicationAreasConfigured, UnitsConfigured
from shared.database import table_of
from shared.known_configuration import StoredConfiguration, known_application_areas, known_units
from shared.service_app import Service, create_service
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger("triage")

KNOWN_UNITS = known_units(table_of(KnownUnitsRow))
KNOWN_AREAS = known_application_areas(table_of(KnownApplicationAreasRow))

_TAGS = (
    {"name": "recommendations", "description": "Advice on facts, with nothing stored"},
    {"name": "assessments", "description": "Stored recommendations, and what people decide on them"},
    {"name": "alarms", "description": "The same concern came so often that a person must look"},
    {"name": "rule sets", "description": "The dated rules that triage recommends by"},
    {"name": "learning", "description": "Which rows of the rules people distrust, and why"},
    {"name": "needs", "description": "The vocabulary of needs, with labels and KLE numbers"},
    {"name": "services", "description": "The catalogue of offers that need no prior assessment"},
    {"name": "events", "description": "Events between the services"},
    {"name": "health", "description": "For orchestrators and Prometheus"},
)


async def _prepare(work: UnitOfWork) -> None:
    rulesets = load_rulesets()
    for ruleset, following in zip_longest(rulesets, rulesets[1:]):
        demand_proof(ruleset, until=None if following is None else following.valid_from)
    work.state.catalogue = CatalogueCache()
    work.state.advisers = Advisers(rulesets, work.state.catalogue)
    try:
        await KNOWN_UNITS.load(work.session)
        await KNOWN_AREAS.load(work.session)
        await repository.store_files(work.session, rulesets, work.clock.now())
    except (DBAPIError, OSError) as error:
        # Not migrated yet, or not reachable: `/health/ready` reports it, and the files are used meanwhile.
        log.warning("rule sets not stored", error=type(error).__name__)
    work.state.thresholds = read_thresholds(work.state.settings.alarm_thresholds_file)
    work.state.gauges = metrics.make_gauges(work.state.metrics.registry)


def service(settings: Settings) -> Service:
    """The parts of the triage service."""
    return Service(
        name="triage",
        title="Triage: where it should go, and why",
        description="Recommends exactly one destination for a contact, with its reasons; a person decides.",
        tables=tables,
        routers=(
            recommendations_router,
            assessments_router,
            decisions_router,
            alarms_router,
            rulesets_router,
            activation_router,
            simulations_router,
            learning_router,
            matching_contacts_router,
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
        handlers={
            **HANDLERS,
            UnitsConfigured: KNOWN_UNITS.store,
            ApplicationAreasConfigured: KNOWN_AREAS.store,
        },
        publishes={"contact.triaged": ("intake", "routing"), "contact.assessed": ("routing",)},
        peers={"intake": settings.intake_url, "routing": settings.routing_url},
        tags=_TAGS,
        load_example=load_example,
        prepare=_prepare,
        measure=metrics.measure,
        jobs=lambda state: [
            StoredConfiguration(state, KNOWN_UNITS.load, KNOWN_AREAS.load),
            UnpublishedAssessments(state),
        ],
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
