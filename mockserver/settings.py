"""What a server is told: flags, MOCKSERVER_* variables and a settings file, one name for each."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "MOCKSERVER_"
FILE = "mockserver.toml"
_FILE_VARIABLE = f"{PREFIX}CONFIG"


class SettingsError(Exception):
    """A setting cannot be used: the message names it, what was received and expected."""


class Settings(BaseSettings):
    """Every setting, with its default.

    Lists are written in a variable with commas: `MOCKSERVER_VENDOR=ngrok,wisphub`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    vendor: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Vendors to serve; all by default."
    )
    seed: int = Field(
        0, ge=-(2**63), lt=2**63, description="Where the worlds come from: same seed, same data."
    )
    state: str | None = Field(
        None, description="File that keeps the state (or sqlite:///PATH); else it is in memory."
    )
    network: Literal["simulated", "live"] = Field(
        "simulated",
        description="simulated: real packets to loopback only, other targets are simulated; "
        "live: real packets to loopback and allowed targets, others are refused.",
    )
    allow_target: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="Networks (CIDR) that real packets may go to when the network is live."
    )
    dns_root: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="ADDRESS or NAME=ADDRESS#PORT: root servers of a private name system."
    )
    trust_anchor: Path | None = Field(
        None, description="File of DS or DNSKEY records to believe, in place of the public root's."
    )
    engine: str | None = Field(
        None, description="postgresql://HOST/DATABASE that agents on other machines join."
    )
    account: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict, description="NAME=KEY: more accounts, with one key at every vendor."
    )
    rate_limit: Annotated[dict[str, Annotated[int, Field(ge=1)] | None], NoDecode] = Field(
        default_factory=dict,
        description="NAME=CALLS or NAME=off: another limit than the documented one, "
        "for pingplotter, thousandeyes, thousandeyes-instant, ngrok or all.",
    )

    @field_validator("vendor", "allow_target", "dns_root", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part for part in value.split(",") if part) if isinstance(value, str) else value
        )

    # Of several validators the last one runs first: this one sees what `_pairs` made.
    @field_validator("rate_limit", mode="before")
    @classmethod
    def _off(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        return {name: None if limit == "off" else limit for name, limit in value.items()}

    @field_validator("account", "rate_limit", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            return parts
        pairs = [str(part).partition("=") for part in parts if part]
        wrong = [name for name, equals, key in pairs if not (name and equals and key)]
        if wrong:
            raise ValueError(f"expected NAME=VALUE, received {wrong[0]!r}")
        return {name: key for name, _, key in pairs}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the given values and the environment; `read` puts the file below both."""
        del settings_cls, dotenv_settings, file_secret_settings
        return init_settings, env_settings


def read(flags: Mapping[str, Any], config: Path | None = None) -> Settings:
    """Return the settings: flags over variables over the settings file; else SettingsError.

    The file is `config`, or what MOCKSERVER_CONFIG names, or `mockserver.toml` here if it exists.
    """
    _refuse_unknown_variables()
    values = {
        name: value
        for name, value in _read_file(config).items()
        if f"{PREFIX}{name.upper()}" not in os.environ
    }
    try:
        return Settings(**{**values, **flags})
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from error


def _read_file(config: Path | None) -> dict[str, Any]:
    named = config or os.environ.get(_FILE_VARIABLE)
    path = Path(named or FILE)
    if not named and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot read the settings file {path}: {error}") from error


def _refuse_unknown_variables() -> None:
    known = {_FILE_VARIABLE, *(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(
            f"unknown setting {unknown[0]}: expected one of {', '.join(sorted(known))}"
        )


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    if first["type"] == "extra_forbidden":
        return f"unknown setting {name}: expected one of {', '.join(Settings.model_fields)}"
    message = first["msg"].removeprefix("Value error, ")
    return f"setting {name}: {message}; received {str(first['input'])[:80]!r}"
