"""Which requests of exchanges are let in: each form checks them by its own vendor's proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.security import APIKeyHeader, HTTPBearer

from services.intake.settings import Settings
from services.intake.telephony.canonical import Source
from services.intake.telephony.canonical_json.form import CANONICAL
from services.intake.telephony.forms import ExchangeRequest, Form, RawDelivery
from services.intake.telephony.signatures import SENDER_ROLES
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
class AdmittedRequest:
    """A request that its form has let in."""

    form: Form
    request: ExchangeRequest

    def deliveries(self) -> Sequence[RawDelivery]:
        """What is to be stored of it."""
        return self.form.deliveries(self.request)


class ByForm(Allow):
    """Lets the form in the path, or the one given, check the request. A token is one proof among several."""

    def __init__(self, form: str | None = None) -> None:
        super().__init__(SENDER_ROLES)
        self._form = form

    async def __call__(  # type: ignore[override]  # another dependency, which the fitness test knows as a gate
        self,
        request: Request,
        source: ExchangeName = None,
        _bearer_token: Any = Depends(_bearer),
        _signature_header: Any = Depends(_signature),
    ) -> AdmittedRequest:
        forms: Mapping[str, Form] = request.app.state.forms
        form = forms.get(self._form or request.path_params["form"])
        if form is None:
            raise NotFound("No telephone system's form has this name.")
        received = await _exchange_request(request, source or form.name)
        form.admit(received)
        return AdmittedRequest(form, received)


async def _exchange_request(request: Request, source: str) -> ExchangeRequest:
    settings: Settings = request.app.state.settings
    return ExchangeRequest(
        method=request.method,
        url=_public_url(request, settings.public_url),
        tail=request.path_params.get("tail", ""),
        query=request.url.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        source=source,
    )


def _public_url(request: Request, public: str | None) -> str:
    """The URL as the exchange knows it, and signs it: a gateway may have changed scheme, host and prefix."""
    if public is None:
        return str(request.url)
    route = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{public.rstrip('/')}{route}{query}"


CanonicalRequest = Annotated[AdmittedRequest, Depends(ByForm(CANONICAL))]
FormRequest = Annotated[AdmittedRequest, Depends(ByForm())]
