"""Puts the intake service together."""

from collections.abc import Callable, Mapping

import httpx
from fastapi import FastAPI
from starlette.datastructures import State

from services.intake.access_log.endpoints import access_log_router
from services.intake.callbacks.clearing.endpoints import clearings_router
from services.intake.callbacks.endpoints import callbacks_router
from services.intake.calls.endpoints import calls_router
from services.intake.calls.jobs import SilenceWatch
from services.intake.candidates.endpoints import candidates_router
from services.intake.contacts.endpoints import contacts_router
from services.intake.deliveries.endpoints import deliveries_router
from services.intake.deliveries.jobs import Interpreter
from services.intake.delivery_store.service import write_deliveries
from services.intake.drafts.endpoints import drafts_router
from services.intake.gauges import make_gauges
from services.intake.lines import repository
from services.intake.lines.endpoints import lines_router
from services.intake.lines.example import load_example
from services.intake.lines.service import read_lines_file, store_lines
from services.intake.models import KnownUnitsRow, tables
from services.intake.monitoring import metrics
from services.intake.peer_events.events import HANDLERS
from services.intake.phones.endpoints import phones_router
from services.intake.phones.service import broadcast_calls
from services.intake.registration.endpoints import registration_router
from services.intake.settings import Settings
from services.intake.vault import Vault
from services.intake.webhooks.endpoints import add_form_routes, telephony_router
from services.intake.webhooks.forms import forms_of
from shared.background import Job
from shared.clock import Clock
from shared.contracts import UnitsConfigured
from shared.database import table_of
from shared.known_configuration import StoredConfiguration, known_units
from shared.sealing import BlindIndex, Keyring
from shared.service_app import Service, create_service
from shared.unit_of_work import UnitOfWork

KNOWN_UNITS = known_units(table_of(KnownUnitsRow))

_TAGS = (
    {"name": "contacts", "description": "One approach by a citizen, over one channel"},
    {"name": "telephony", "description": "What telephone exchanges report"},
    {"name": "calls", "description": "Calls, as derived from all their events"},
    {"name": "call-backs", "description": "Callers who gave up, and are called back"},
    {"name": "lines", "description": "Phone lines, mailboxes and entrances"},
    {"name": "access log", "description": "The log of accesses to personal data"},
    {"name": "events", "description": "Events between the services"},
    {"name": "health", "description": "For orchestrators and Prometheus"},
)


def vault_from(settings: Settings) -> Vault:
    """The vault with the installation's keys. Raises UnusableKeyError, which shows no key."""
    return Vault(Keyring.parse(settings.key_ring()), BlindIndex.parse(settings.secret("index_key")))


async def _prepare(work: UnitOfWork) -> None:
    state, settings = work.state, work.state.settings
    await KNOWN_UNITS.load(work.session)
    state.vault = vault_from(settings)
    state.forms = forms_of(settings, state.tokens)
    state.seal_answer, state.unseal_answer = state.vault.seal_answer, state.vault.unseal_answer
    if settings.lines_file is not None:
        await store_lines(work, read_lines_file(settings.lines_file))
    state.lines = await repository.read_lines(work.session)
    state.lines_checked_at = work.clock.now()
    state.calls_at_phones = broadcast_calls(work)
    state.gauges = make_gauges(state.metrics.registry)


def _jobs(state: State) -> list[Job]:
    state.interpreter = Interpreter(state)
    return [state.interpreter, SilenceWatch(state), StoredConfiguration(state, KNOWN_UNITS.load)]


add_form_routes(telephony_router)


def service(settings: Settings) -> Service:
    """Intake's routes, event handlers, jobs and metrics."""
    return Service(
        name="intake",
        title="Intake: what was said",
        description="Contacts by phone, letter and walk-in; the people in them; the calls they came by.",
        tables=tables,
        routers=(
            registration_router,
            contacts_router,
            drafts_router,
            candidates_router,
            deliveries_router,
            telephony_router,
            calls_router,
            phones_router,
            callbacks_router,
            clearings_router,
            lines_router,
            access_log_router,
        ),
        handlers={**HANDLERS, UnitsConfigured: KNOWN_UNITS.store},
        publishes={
            "contact.waiting": ("routing",),
            "contact.registered": ("triage",),
            "citizen.rekeyed": ("triage",),
            "contact.closed": ("triage", "routing"),
        },
        peers={"triage": settings.triage_url, "routing": settings.routing_url},
        tags=_TAGS,
        load_example=load_example,
        prepare=_prepare,
        measure=metrics.measure,
        group_commits={"delivery_committer": write_deliveries},
        jobs=_jobs,
    )


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    connect: Mapping[str, Callable[[], httpx.AsyncClient]] | None = None,
    relay: bool = True,
) -> FastAPI:
    """The intake service as an ASGI app."""
    settings = settings or Settings()
    return create_service(
        service(settings), settings, settings.intake_database_url, clock=clock, connect=connect, relay=relay
    )
