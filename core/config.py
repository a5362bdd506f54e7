"""Settings: THIDUA_* environment variables and `thidua.toml`, one validator for both."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an installation may set. Every field is `THIDUA_<NAME>` in the environment or `<name>` in thidua.toml."""

    model_config = SettingsConfigDict(env_prefix="THIDUA_", toml_file="thidua.toml", extra="ignore")

    instance: Path = Field(default=Path("instance"), description="folder of data, secrets and files")
    database_url: str = Field(default="", description="empty: SQLite in the instance folder")
    storage_url: str = Field(default="", description="empty: the folder `files` in the instance; or s3://bucket/prefix")
    secret_key: str = Field(default="", description="empty: made once and kept in the instance folder")
    base_url: str = Field(default="http://127.0.0.1:8000", description="the public address, printed in QR codes")
    trusted_hosts: list[str] = Field(default_factory=list, description="host names answered; empty: any")
    proxies: int = Field(default=0, ge=0, le=5, description="reverse proxies in front whose headers are believed")
    plugins_dir: Path = Field(default=ROOT / "plugins", description="folder of movements kept with the source")
    movements_dir: Path | None = Field(default=None, description="folder of movement.toml files made here")
    safe_mode: bool = Field(default=False, description="load no code of plugins, only movements that are data")
    disabled_plugins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="plugins that are not even imported, separated by commas"
    )
    rooms: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="optional rooms switched on, separated by commas"
    )
    room_settings: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="what optional rooms may be told: {room: {name: value}}"
    )
    max_upload_mb: int = Field(default=20, ge=1, le=200, description="largest single file, in megabytes")
    system_name: str = "Thi đua – Sáng kiến"
    union_name: str = "Liên đoàn Lao động tỉnh Lai Châu"
    phone: str = "0213 000 0000"
    hours: str = "7:30–17:00, thứ Hai đến thứ Sáu"
    zalo: str = "Công đoàn tỉnh"
    password_cost: int = Field(default=3, ge=1, le=10, description="argon2 passes; 1 only in tests")
    session_hours: int = Field(default=12, ge=1, le=72)
    session_idle_minutes: int = Field(default=120, ge=5, le=1440)
    threads: int = Field(default=8, ge=1, le=64)

    @field_validator("rooms", "disabled_plugins", mode="before")
    @classmethod
    def _names(cls, given: Any) -> Any:
        """Read «a,b» as an operator types it in the environment; a list in thidua.toml is one already."""
        return tuple(name.strip() for name in given.split(",") if name.strip()) if isinstance(given, str) else given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # The signature is pydantic's.
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before file: what an operator exports for one run wins."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def resolved(self) -> Settings:
        """Return a copy in which everything left empty has its embedded default, made on disk where needed."""
        instance = self.instance.resolve()
        instance.mkdir(parents=True, exist_ok=True)
        return self.model_copy(
            update={
                "instance": instance,
                "database_url": self.database_url or f"sqlite:///{instance / 'thidua.sqlite3'}",
                # The store makes its own folder `files` in there.
                "storage_url": self.storage_url or str(instance),
                "secret_key": self.secret_key or _kept_secret(instance / "secret.key"),
            }
        )


def _kept_secret(path: Path) -> str:
    """Return the secret kept at `path`, making it once with permissions for the owner alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    secret = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w") as file:
        file.write(secret + "\n")
    return secret
