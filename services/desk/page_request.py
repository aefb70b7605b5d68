"""Somebody at the desk who has opened a page, and the services called in their name."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from services.desk.api_clients import Services
from services.desk.rendering import services_of, show
from services.desk.session import Session
from services.desk.visitor import Form, form_of, visitor
from shared.vocabulary import Role

#: All who have a desk.
EVERYBODY = (Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR)
#: Who looks after the rules and how they are followed.
OVERSEERS = (Role.RULES_EDITOR, Role.OPERATIONS, Role.AUDITOR)


@dataclass(frozen=True)
class Sitting:
    """One request of one person."""

    request: Request
    session: Session
    services: Services

    @property
    def may_edit(self) -> bool:
        """Whether they maintain rules and offers."""
        return self.session.role is Role.RULES_EDITOR

    @property
    def oversees(self) -> bool:
        """Whether they see how rules came about and what people make of them."""
        return self.session.role in OVERSEERS

    @property
    def texts(self) -> dict[str, Any]:
        """All that people read."""
        texts: dict[str, Any] = self.request.app.state.texts
        return texts

    async def form(self) -> Form:
        """What was sent."""
        return await form_of(self.request)

    def patiently(self, seconds: float) -> Services:
        """The services, for what takes longer than a page may."""
        return services_of(self.request, self.session, patience=seconds)

    def show(self, template: str, *, status: int = 200, **shown: Any) -> Response:
        """A page for them."""
        return show(self.request, template, self.session, status=status, desk=self, **shown)


def sitting(*roles: Role) -> Any:
    """`Depends` on somebody with one of `roles`; gives the endpoint their `Sitting`."""

    async def sit(request: Request, session: Annotated[Session, visitor(*roles)]) -> Sitting:
        return Sitting(request, session, services_of(request, session))

    return Depends(sit)
