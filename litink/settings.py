"""Every setting of the platform, from the environment (prefix LITINK_) and `.env`; nothing else reads either."""

from __future__ import annotations

import os
import sys
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent


def _default_home() -> Path:
    """`.litink` in a checkout, so that two checkouts never share a database; the user's data folder otherwise."""
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / ".litink"
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "litink"


class Settings(BaseSettings):
    """Defaults run everything on one machine without keys."""

    model_config = SettingsConfigDict(env_prefix="LITINK_", env_file=".env", extra="ignore", frozen=True)

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
    store_url: str | None = Field(default=None, description="s3://bucket/prefix; a local folder without it")
    host: str = "127.0.0.1"
    api_port: int = 8000
    dagster_port: int = 3000
    postgres_port: int = 5433
    code_server_port: int = 4266
    dagster_address: str | None = Field(default=None, description="where the Dagster UI is; a running platform sets it")
    workers: int = Field(default_factory=lambda: max(1, os.cpu_count() or 1), description="items made side by side")
    max_upload_bytes: int = 200 * 1024 * 1024
    log_level: str = "INFO"

    @cached_property
    def postgres_dir(self) -> Path:
        return self.home / "postgres"

    @cached_property
    def objects_dir(self) -> Path:
        return self.home / "objects"

    @cached_property
    def work_dir(self) -> Path:
        """Files under way; anything in it may be deleted when nothing runs."""
        return self.home / "work"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    return Settings()
