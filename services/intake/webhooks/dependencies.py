"""Who may tell of calls: whom the form of the telling lets in, by its own proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.security import APIKeyHeader, HTTPBearer

from services.intake.settings import Settings
from services.intake.telephony.canonical import Source
from services.intake.telephony.canonical_json.form import CANONICAL
from services.intake.telephony.forms import Form, Incoming
from services.intake.telephony.signatures import TELLERS
from shared.access import Allow
from shared.problems import NotFound

_bearer = HTTPBearer(auto_error=False)
_signature = APIKeyHeader(
    name="webhook-signature",
    scheme_name="StandardWebhooks",
    auto_error=False,
    description="With webhook-id and webhook-timestamp: HMAC-SHA256 as in Standard Webhooks 1.0",
)


ExchangeName = Annotated[Source | None, Query(description="The exchange, where several have one form")]


@dataclass(frozen=True)
class Told:
    """A request that its form has let in."""

    form: Form
    incoming: Incoming


class ByForm(Allow):
    """Asks the form in the path, or the one given, for its proof; a token is one way among several."""

    def __init__(self, form: str | None = None) -> None:
        super().__init__(TELLERS)
        self._form = form

    async def __call__(  # type: ignore[override]  # another dependency, which the fitness test knows as a gate
        self,
        request: Request,
        source: ExchangeName = None,
        _bearer_shown: Any = Depends(_bearer),
        _signature_shown: Any = Depends(_signature),
    ) -> Told:
        forms: Mapping[str, Form] = request.app.state.forms
        form = forms.get(self._form or request.path_params["form"])
        if form is None:
            raise NotFound("No telephone system's form has this name.")
        incoming = await _incoming(request, source or form.name)
        form.admit(incoming)
        return Told(form, incoming)


async def _incoming(request: Request, source: str) -> Incoming:
    settings: Settings = request.app.state.settings
    return Incoming(
        method=request.method,
        url=_public_url(request, settings.public_url),
        tail=request.path_params.get("tail", ""),
        query=request.url.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        source=source,
    )


def _public_url(request: Request, public: str | None) -> str:
    """As the exchange has it: a gateway in between may have changed scheme, host and beginning."""
    if public is None:
        return str(request.url)
    route = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{public.rstrip('/')}{route}{query}"


Canonical = Annotated[Told, Depends(ByForm(CANONICAL))]
AnyForm = Annotated[Told, Depends(ByForm())]
