"""All pages of the rules and the offers, in the order in which their addresses are tried."""

from services.desk.endpoints.learning import learning_router
from services.desk.endpoints.offers import offers_router
from services.desk.endpoints.offers_import import import_router
from services.desk.endpoints.rules import rules_router
from services.desk.endpoints.rules_drafts import drafts_router
from services.desk.endpoints.rules_findings import findings_router
from services.desk.endpoints.rules_steps import steps_router
from services.desk.endpoints.rules_trial import trial_router

#: Pages with a name of their own stand before those of a version, which could be called anything.
RULES_ROUTERS = (
    *(trial_router, learning_router),
    *(rules_router, drafts_router, steps_router, findings_router),
    *(import_router, offers_router),
)
