"""A city's identity provider that does what the standard says, with real keys; tests can make it
misbehave.
"""

import base64
import hashlib
import json
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ISSUER = "https://login.example"
CLIENT, SECRET, AUDIENCE = "the-desk", "a secret: with signs", "dsi-prod"


class CityLogin:
    """`whom` signs in; `misbehave` changes claims of the next ID token, `access` those of the
    access token.
    """

    def __init__(self) -> None:
        self._key = generate_private_key(SECP256R1())
        self._codes: dict[str, dict[str, str]] = {}
        self.whom: dict[str, Any] = {
            "sub": "u-17",
            "name": "Bo Berg",
            "roles": ["caseworker"],
            "units": ["adults"],
        }
        self.misbehave: dict[str, Any] = {}
        self.access: dict[str, Any] = {}
        self.is_down = False
        self.ends_sessions = True
        self.lifetime = 28800.0
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def key_set(self, place: Path) -> Path:
        """The file that the city hands to the services."""
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key()))
        place.write_text(json.dumps({"keys": [{**public, "kid": "a", "alg": "ES256", "use": "sig"}]}))
        return place

    def signs_in(self, query: dict[str, str]) -> str:
        """Somebody gave their password: the code that they are sent back with."""
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return code

    async def _discovery(self, request: Request) -> Response:
        if self.is_down:
            return Response(status_code=502)
        ends = {"end_session_endpoint": f"{ISSUER}/logout"} if self.ends_sessions else {}
        return JSONResponse(
            {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize?tenant=city",
                "token_endpoint": f"{ISSUER}/token",
                **ends,
            }
        )

    async def _token(self, request: Request) -> Response:
        form = {name: texts[0] for name, texts in parse_qs((await request.body()).decode()).items()}
        query = self._codes.pop(form["code"], None)
        proof = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        if [unquote(part) for part in proof.split(":")] != [CLIENT, SECRET]:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if (
            query is None
            or challenge.decode().rstrip("=") != query["code_challenge"]
            or form["redirect_uri"] != query["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        return JSONResponse({"token_type": "Bearer", **self._tokens(query)})

    def _tokens(self, query: dict[str, str]) -> dict[str, str]:
        common = {"iss": ISSUER, "iat": int(time.time()), "exp": time.time() + self.lifetime}
        access = self._signed({**common, "aud": AUDIENCE, **self.whom, **self.access})
        digest = hashlib.sha256(access.encode()).digest()[:16]
        identity = {
            **common,
            "aud": CLIENT,
            "sub": self.whom["sub"],
            "name": self.whom["name"],
            "nonce": query["nonce"],
            "at_hash": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            **({"auth_time": int(time.time())} if "max_age" in query else {}),
        }
        claims = {name: claim for name, claim in (identity | self.misbehave).items() if claim is not None}
        return {"access_token": access, "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, "ES256", headers={"kid": "a"})
