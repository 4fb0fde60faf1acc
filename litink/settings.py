"""Every setting of the platform, from the environment (prefix LITINK_) and `.env`; nothing else reads either."""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from functools import cached_property, lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from litink.errors import Refused

CHECKOUT = Path(__file__).resolve().parent.parent

# Calls that may run side by side, by "provider" or "provider/operation" (the narrower one holds), over all processes.
PROVIDER_LIMITS = {
    "openrouter": 4,
    "modelslab": 5,
    "modelslab/image-to-video": 3,
    "modelslab/text-to-video": 3,
    "modelslab/lip-sync": 3,
    "elevenlabs": 5,  # Creator's; a plan's limit: free 2, starter 3, creator 5, pro 10, scale 15
}


_DEFAULT_SECRETS = ("change", "secret", "default", "example", "password", "insecure", "your")


def secret_weakness(key: str) -> str | None:
    """What is wrong with a key that is to sign things, as the end of a sentence; None: nothing that can be seen."""
    if len(key) < 32:
        return "must have 32 characters or more"
    if len(set(key)) < 10 or any(word in key.lower() for word in _DEFAULT_SECRETS):
        return "is one that anybody could guess"
    return None


def _default_home() -> Path:
    """`.litink` in a checkout, so that two checkouts never share a database; the user's data folder otherwise."""
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / ".litink"
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "litink"


class Settings(BaseSettings):
    """Defaults run everything on one machine without keys."""

    model_config = SettingsConfigDict(
        env_prefix="LITINK_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    home: Path = Field(default_factory=_default_home, description="where everything this machine keeps lives")
    engines_dir: Path = Field(
        default=Path(sys.prefix) / "share" / "litink" / "engines", description="data of the local engines"
    )
    database_url: SecretStr | None = Field(
        default=None, description="a PostgreSQL of your own (postgresql+psycopg://…); the embedded one without it"
    )
    dagster_database_url: SecretStr | None = Field(
        default=None, description="Dagster's own database (postgresql+psycopg2://…) when database_url is set"
    )
    tenants_database_url: SecretStr | None = Field(
        default=None,
        description="the same one for the role litink_app; needed where accounts are on",
    )
    store_url: str | None = Field(default=None, description="s3://bucket/prefix; a local folder without it")
    host: str = "127.0.0.1"
    api_port: int = 8000
    dagster_port: int = 3000
    postgres_port: int = 5433
    code_server_port: int = 4266
    dagster_address: str | None = Field(default=None, description="where the Dagster UI is; a running platform sets it")
    workers: int = Field(default_factory=lambda: max(1, os.cpu_count() or 1), description="items made side by side")
    max_upload_bytes: int = 200 * 1024 * 1024
    fetch_allow: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        default=(), description="networks that articles may be fetched from besides the public internet: 10.1.0.0/16,…"
    )
    run_grace_seconds: float = Field(
        default=60, ge=5, description="a run that shows no sign of life for this long is taken for dead"
    )
    sweep_grace_days: float = Field(default=7, ge=1, description="stored bytes that nothing refers to stay for so long")
    cache_days: float = Field(default=90, ge=1, description="known results that no book uses stay for so long")
    cache_paid_days: float = Field(default=365, ge=1, description="the same, of those that were paid for")
    audit_days: float = Field(default=730, ge=30, description="entries of the audit log are kept for so long")
    log_level: str = "INFO"

    accounts: Literal["single", "multi"] = Field(
        default="single", description="single: one local owner without log-in; multi: people sign up and log in"
    )
    development: bool = Field(default=False, description="mail may be read at /mail instead of being sent")
    secret_key: SecretStr | None = Field(default=None, description="signs access tokens; 32 characters or more")
    registration: bool = Field(default=True, description="whether anybody may sign up; else operators add people")
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="names by which the API is reached besides localhost, plain addresses and public_url"
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="other sites whose pages may call the API: https://app.example.org,…"
    )
    oidc_issuer: str | None = Field(default=None, description="an outside issuer whose tokens are taken, as in `iss`")
    oidc_jwks_url: str | None = Field(default=None, description="where its public keys are")
    oidc_audience: str | None = Field(default=None, description="whom its tokens must be made out for, as in `aud`")
    mail_from: str = Field(default="LitinkAI <litink@localhost>", description="the sender of mail")
    smtp_url: SecretStr | None = Field(default=None, description="smtp://user:password@host:587, or smtps://…:465")
    mailgun_api_key: SecretStr | None = None
    mailgun_url: str | None = Field(default=None, description="https://api.mailgun.net/v3/mail.example.org")

    openrouter_api_key: SecretStr | None = Field(default=None, description="language models and embeddings")
    modelslab_api_key: SecretStr | None = Field(default=None, description="pictures and moving pictures")
    elevenlabs_api_key: SecretStr | None = Field(default=None, description="voices")
    openrouter_url: str = "https://openrouter.ai/api/v1"
    openrouter_repeats: bool = Field(
        default=False, description="asks again for a lost answer, relying on OpenRouter's cache to bill it once"
    )
    modelslab_url: str = "https://modelslab.com/api/v7"
    elevenlabs_url: str = "https://api.elevenlabs.io"
    writer: Literal["auto", "local", "openrouter"] = "auto"  # auto: the provider where its key is set, else local
    embedder: Literal["auto", "local", "openrouter"] = "auto"
    painter: Literal["auto", "local", "modelslab"] = "auto"
    voice: Literal["auto", "local", "elevenlabs"] = "auto"
    motion: Literal["auto", "local", "modelslab"] = "auto"  # local: camera moves over stills only
    music: Literal["auto", "local", "modelslab"] = "auto"  # local: ambience only
    catalogue: Path | None = Field(default=None, description="models and tiers of your own, laid over the shipped ones")
    public_url: str | None = Field(default=None, description="where people and providers reach the API")
    book_cap_usd: Decimal | None = Field(default=None, ge=0, description="the most that one book may ever cost")
    user_cap_usd: Decimal | None = Field(default=None, ge=0, description="the most that one user may cost a month")
    provider_limits: dict[str, PositiveInt] = Field(default={}, description="laid over the default limits")
    billing: Literal["auto", "on", "off"] = "auto"  # auto: users pay with credits where Stripe's key is set
    burst_limit: PositiveInt = Field(
        default=1200, description="requests that one address may send a minute, where many people share an installation"
    )
    billing_grace_days: float = Field(
        default=7, ge=0, description="a period's tier and credits stay for so long while the next is not paid"
    )
    stripe_api_key: SecretStr | None = Field(default=None, description="subscriptions, paid by card")
    stripe_url: str = "https://api.stripe.com"
    stripe_webhook_secret: SecretStr | None = Field(default=None, description="what Stripe signs its events with")
    chat_timeout_seconds: float = Field(default=180, gt=0)  # of one whole exchange
    picture_timeout_seconds: float = Field(default=120, gt=0)
    voice_timeout_seconds: float = Field(default=120, gt=0)
    video_timeout_seconds: float = Field(default=120, gt=0)  # until the job is taken; its making is waited for apart

    @field_validator("fetch_allow", "allowed_hosts", "cors_origins", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value

    @field_validator(
        "openrouter_api_key",
        "modelslab_api_key",
        "elevenlabs_api_key",
        "mailgun_api_key",
        "stripe_api_key",
        "stripe_webhook_secret",
        mode="after",
    )
    @classmethod
    def _key_is_one_word(cls, key: SecretStr | None) -> SecretStr | None:
        """An emptied line of `.env` turns a provider off."""
        word = key.get_secret_value().strip() if key is not None else ""
        if not all("!" <= letter <= "~" for letter in word):
            raise ValueError("must be one word of plain letters, digits and signs")
        return SecretStr(word) if word else None

    @field_validator(
        "openrouter_url",
        "modelslab_url",
        "elevenlabs_url",
        "stripe_url",
        "public_url",
        "mailgun_url",
        "oidc_jwks_url",
        mode="after",
    )
    @classmethod
    def _without_trailing_slash(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with https:// (or http:// for a machine of your own)")
        return url.rstrip("/") if url else None

    @model_validator(mode="after")
    def _accounts_are_safe(self) -> Self:
        """An installation of many people does not start with what only one person at home can do without."""
        if self.accounts == "single":
            return self
        weak = secret_weakness(self.secret_key.get_secret_value() if self.secret_key else "")
        if weak:
            raise ValueError(
                f"LITINK_SECRET_KEY {weak}; make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if (self.mailgun_api_key is None) != (self.mailgun_url is None):
            raise ValueError("set both LITINK_MAILGUN_API_KEY and LITINK_MAILGUN_URL, or neither")
        if not (self.sends_mail or self.development):
            raise ValueError("accounts need mail: set LITINK_SMTP_URL or Mailgun's, or LITINK_DEVELOPMENT=true to try")
        if self.sends_mail and not self.public_url:
            raise ValueError("mails carry links: set LITINK_PUBLIC_URL to where people reach this installation")
        if len({bool(x) for x in (self.oidc_issuer, self.oidc_jwks_url, self.oidc_audience)}) > 1:
            raise ValueError("set LITINK_OIDC_ISSUER, LITINK_OIDC_JWKS_URL and LITINK_OIDC_AUDIENCE, or none of them")
        return self

    @property
    def sends_mail(self) -> bool:
        """Whether mail leaves this machine."""
        return self.smtp_url is not None or self.mailgun_api_key is not None

    @property
    def bills(self) -> bool:
        """Whether users pay with credits for what providers are paid for."""
        return self.stripe_api_key is not None if self.billing == "auto" else self.billing == "on"

    @cached_property
    def postgres_dir(self) -> Path:
        return self.home / "postgres"

    @cached_property
    def objects_dir(self) -> Path:
        return self.home / "objects"

    @cached_property
    def journal_dir(self) -> Path:
        """What paid providers answered and is not on the books yet; deleting it may lose what was paid for."""
        return self.home / "journal"

    @cached_property
    def work_dir(self) -> Path:
        """Files under way; anything in it may be deleted when nothing runs."""
        return self.home / "work"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Raises Refused("bad-settings"), which names what is wrong and never what was given."""
    try:
        return Settings()
    except ValidationError as error:
        found = [(".".join(str(part) for part in each["loc"]), each["msg"]) for each in error.errors()]
        told = [
            f"LITINK_{name.upper()}: {said}" if name else said
            for name, said in ((name, said.removeprefix("Value error, ")) for name, said in found)
        ]
        raise Refused("bad-settings", "; ".join(told)) from None
