"""One request to the desk: who makes it, what it sent, and how its page is written.

An endpoint takes `Annotated[PageRequest, signed_in(...roles)]`, or `PublicPage` when anyone may call it.
"""

import hmac
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request, Response
from fastapi.sse import ServerSentEvent

from services.desk.api_clients import ApiClients
from services.desk.assets import have_assets
from services.desk.form import CSRF_FIELD, CSRF_HEADER, Form
from services.desk.live_board import Render, updates
from services.desk.navigation import doors_of
from services.desk.problems import Locked, NotFromHere, SignedOut
from services.desk.rendering import POLICY, templates
from services.desk.session import Session
from services.desk.state import DeskState, state_of
from services.desk.texts import Texts
from shared.access import Allow
from shared.clock import COPENHAGEN
from shared.problems import Forbidden
from shared.vocabulary import Role

#: Roles that see how the rules came about and how they are followed.
OVERSEERS = (Role.RULES_EDITOR, Role.OPERATIONS, Role.AUDITOR)
_SAFE = {"GET", "HEAD", "OPTIONS"}
#: More fields than any form of ours has.
_MOST_FIELDS = 500


@dataclass(frozen=True)
class PublicRequest:
    """One request that needs no sign-in. With a session, the page has that user's name and menu."""

    request: Request
    session: Session | None = None

    @property
    def state(self) -> DeskState:
        """What all requests share."""
        return state_of(self.request)

    @property
    def texts(self) -> Texts:
        """The pages' texts."""
        return self.state.texts

    @property
    def now(self) -> datetime:
        """The time by the desk's clock."""
        return self.state.clock.now()

    @property
    def today(self) -> date:
        """The day in Copenhagen."""
        return self.now.astimezone(COPENHAGEN).date()

    @property
    def units_to_choose(self) -> list[str]:
        """The codes of today's units, without the reception."""
        return self.state.units.choices_on(self.today)

    @property
    def query(self) -> Mapping[str, str]:
        """The address's query parameters."""
        return self.request.query_params

    @property
    def is_fragment(self) -> bool:
        """Whether only a part of the page is wanted (htmx), and not a page of its own."""
        headers = self.request.headers
        return headers.get("hx-request") == "true" and headers.get("hx-boosted") != "true"

    def recognised(self) -> "PublicRequest":
        """The same request with the session of its browser, if it has one."""
        return replace(self, session=self.state.sessions.read(self.request))

    async def read_units(self) -> None:
        """Have the units' names ready for the page, with the desk's own token: a page can be public."""
        state, now = self.state, self.now
        if state.units.is_expired(now):
            await state.units.read(ApiClients(state.services, state.service_token()), now)

    async def form(self) -> Form:
        """The body as a form (application/x-www-form-urlencoded); bytes that are not UTF-8 are replaced."""
        body = (await self.request.body()).decode("utf-8", errors="replace")
        return Form(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))

    def render(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> Response:
        """The page `template`, or a fragment of one."""
        answer = templates.TemplateResponse(
            self.request,
            template,
            {**self._context(), **context},
            status_code=status,
            headers=dict(headers or {}),
        )
        answer.headers["Content-Security-Policy"] = POLICY
        idle = timedelta(seconds=self.state.settings.desk_idle_seconds)
        # A locked page stays locked, whichever public page is opened beside it.
        if self.session is not None and not self.session.is_idle(self.now, idle):
            self.state.sessions.note_seen(answer, self.session, self.now)
        return answer

    def fragment(self, template: str, **context: Any) -> str:
        """A part of a page as HTML, for a live stream. It does not count as its user being active."""
        return templates.get_template(template).render(
            {**self._context(), "request": self.request, **context}
        )

    def not_found(self, text: str = "not-found") -> Response:
        """The page that says that there is nothing at this address; `text` is the key of what it says."""
        return self.render("problem.html", status=404, message=self.texts["problems"][text])

    def redirect(self, path: str) -> Response:
        """After a change: to `path` (303, so that reloading does not repeat the change)."""
        if self.is_fragment:
            return Response(status_code=204, headers={"HX-Redirect": path})
        return Response(status_code=303, headers={"Location": path})

    def live(self, render: Render) -> AsyncIterator[ServerSentEvent]:
        """A part of the page now, and again whenever the board changes."""
        return updates(self.state.board, self.state.leaving, render)

    def _context(self) -> dict[str, Any]:
        return {
            "t": self.texts,
            "unit_name": lambda code: self.state.units.name_of(code, self.today),
            "page_request": self,
            "session": self.session,
            "doors": doors_of(self.session, self.request.url.path),
            "now": self.now,
            "mode": self.state.settings.mode,
            "out_of_hours_phone": self.state.settings.out_of_hours_phone,
            "idle_seconds": self.state.settings.desk_idle_seconds,
            "assets": have_assets(),
        }


@dataclass(frozen=True)
class PageRequest(PublicRequest):
    """One request by a signed-in user, with API clients acting for that user."""

    session: Session

    @property
    def services(self) -> ApiClients:
        """The services, called with the user's token."""
        return ApiClients(self.state.services, self.session.token)

    @property
    def may_edit(self) -> bool:
        """Whether the user maintains rules and offers."""
        return self.session.role is Role.RULES_EDITOR

    @property
    def oversees(self) -> bool:
        """Whether the user sees how rules came about and how people follow them."""
        return self.session.role in OVERSEERS


class SignedIn(Allow):
    """Gives the endpoint a `PageRequest` when its user has one of the roles."""

    async def __call__(self, request: Request) -> PageRequest:  # type: ignore[override]  # a cookie, not a token
        """Raises SignedOut, NotFromHere, Locked or Forbidden, in this order."""
        state = state_of(request)
        session, now = state.sessions.read(request), state.clock.now()
        if session is None or session.is_over(now):
            raise SignedOut
        page = PageRequest(request, session)
        if request.method not in _SAFE:
            await _demand_secret(page)
        # After the secret: a locked page's form is offered again to its owner, another site's is not.
        if session.is_idle(now, timedelta(seconds=state.settings.desk_idle_seconds)):
            raise Locked
        if session.role not in self.roles:
            raise Forbidden
        await page.read_units()
        return page


async def _demand_secret(page: PageRequest) -> None:
    """Only our own pages know the secret. Raises NotFromHere."""
    given = page.request.headers.get(CSRF_HEADER) or (await page.form()).text(CSRF_FIELD) or ""
    if not hmac.compare_digest(given.encode(), page.session.csrf.encode()):
        raise NotFromHere


def signed_in(*roles: Role) -> Any:
    """`Depends` on a user who has signed in with one of `roles`; gives the endpoint a `PageRequest`."""
    return Depends(SignedIn(roles))


def _public(request: Request) -> PublicRequest:
    return PublicRequest(request)


PublicPage = Annotated[PublicRequest, Depends(_public)]
