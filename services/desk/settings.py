"""The desk's settings, from environment variables (DSI_...)."""

from pydantic import SecretStr

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """Addresses of the services, timeouts, and the identity provider."""

    intake_url: str = "http://127.0.0.1:8001"
    triage_url: str = "http://127.0.0.1:8002"
    routing_url: str = "http://127.0.0.1:8003"
    #: How long the page waits for a service before it says that it does not answer, in seconds.
    desk_patience_seconds: float = 3.0
    #: After so long without a key or a click a page locks itself, in seconds.
    desk_idle_seconds: float = 900.0
    #: The number of the social services' duty team outside office hours (Den Sociale Døgnvagt).
    out_of_hours_phone: str = ""
    #: Keys that session cookies are sealed with, as DSI_SEAL_KEYS; a new first key, and later no old one.
    session_keys: SecretStr | None = None

    #: Production: the identity provider (OpenID Connect); without an issuer, the issuer of the tokens.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    #: This desk's own address, as registered at the provider, with the path /sign-in/back.
    oidc_redirect: str = ""
    #: Must lead to an access token for DSI_JWT_AUDIENCE, with the claims `roles` and `units`.
    oidc_scope: str = "openid profile"

    def session_ring(self) -> str:
        """The session keys in the form of `Keyring.parse`; a lone key is called k1."""
        keys = self.secret("session_keys")
        return keys if ":" in keys else f"k1:{keys}"

    def demand_provider(self) -> None:
        """Raises `RuntimeError` when a setting that signing in needs is missing."""
        self.secret("oidc_client_secret")
        if not self.oidc_client_id or not self.oidc_redirect.startswith("https://"):
            message = f"DSI_OIDC_CLIENT_ID and DSI_OIDC_REDIRECT (https) must be set in {self.mode} mode"
            raise RuntimeError(message)
