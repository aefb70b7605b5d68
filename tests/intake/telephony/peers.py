"""Exchanges as they reach us over HTTP, each with its own way to prove itself."""

import asyncio
import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from twilio.request_validator import RequestValidator
from zammad_cti import CTIClient

from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.telephony.requests_of import FORM, Values

#: What the outside world writes before /v1; a gateway is in between.
PUBLIC = "https://dsi.example/intake"
TOKEN, TWILIO_SECRET = "c2f5a6e08d9b4173", "12345"
SIPGATE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class _ThroughTheApp(requests.adapters.BaseAdapter):  # type: ignore[misc]  # requests has no types
    """Carries the requests of a client that knows no asyncio to the app on the bench."""

    def __init__(self, bench: Bench, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._client, self._loop = bench.client(None), loop

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        sent = self._client.request(
            str(request.method),
            str(request.url).removeprefix(PUBLIC),
            content=request.body or b"",
            headers=dict(request.headers),
        )
        answer = asyncio.run_coroutine_threadsafe(sent, self._loop).result(timeout=30)
        response = requests.Response()
        response.status_code, response._content = answer.status_code, answer.content
        response.url, response.request = str(request.url), request
        return response

    def close(self) -> None:
        """The bench closes its clients."""


class ZammadClient:
    """The independent client of PyPI, configured as its users do; it runs in a thread."""

    def __init__(self, bench: Bench) -> None:
        self._client = CTIClient(url=f"{PUBLIC}/v1/telephony/zammad/{TOKEN}")
        self._client._session.mount("https://", _ThroughTheApp(bench, asyncio.get_running_loop()))

    async def new_call(self, **values: Any) -> Any:
        return await asyncio.to_thread(self._client.new_call, **values)

    async def answer(self, **values: Any) -> Any:
        return await asyncio.to_thread(self._client.answer, **values)

    async def hangup(self, **values: Any) -> Any:
        return await asyncio.to_thread(self._client.hangup, **values)


async def call_zammad(bench: Bench, values: Values, **more: Any) -> httpx.Response:
    return await bench.client(None).post(f"/v1/telephony/zammad/{TOKEN}", json=values, **more)


def sipgate_headers(body: bytes) -> dict[str, str]:
    signature = base64.b64encode(SIPGATE_KEY.sign(body, PKCS1v15(), SHA256())).decode()
    return {"X-Sipgate-Signature": signature, "Content-Type": FORM}


async def push_sipgate(bench: Bench, body: bytes, url: str = "") -> httpx.Response:
    """What sipgate pushes, to the address that we gave it before or to the one in its console."""
    place = (url or f"{PUBLIC}/v1/telephony/sipgate/{TOKEN}").removeprefix(PUBLIC)
    return await bench.client(None).post(place, content=body, headers=sipgate_headers(body))


def twilio_headers(url: str, values: Values) -> dict[str, str]:
    signature = RequestValidator(TWILIO_SECRET).compute_signature(url, values)
    return {"X-Twilio-Signature": signature, "Content-Type": FORM}


async def call_back_twilio(bench: Bench, values: Values, query: str = "") -> httpx.Response:
    place = "/v1/telephony/twilio" + (f"?{query}" if query else "")
    return await bench.client(None).post(
        place, content=urlencode(values), headers=twilio_headers(PUBLIC + place, values)
    )


async def call_flexfone(bench: Bench, stage: str, values: Values, token: str = TOKEN) -> httpx.Response:
    """PBXAdmin with method GET."""
    return await bench.client(None).get(f"/v1/telephony/flexfone/{stage}/{token}", params=values)


def later(bench: Bench, seconds: float) -> None:
    bench.clock.advance(timedelta(seconds=seconds))


async def the_call(bench: Bench, call_id: str) -> dict[str, Any]:
    """The call as a receptionist sees it."""
    answer = await bench.client(Role.RECEPTION).get(f"/v1/calls/{call_id}")
    assert answer.status_code == 200, answer.text
    call: dict[str, Any] = answer.json()
    return call


async def set_aside(bench: Bench) -> list[str]:
    """Why each delivery that could not be understood was not, the newest first."""
    answer = await bench.client(Role.OPERATIONS).get("/v1/telephony/deliveries?state=set_aside")
    return [item["reason"] for item in answer.json()["items"]]
