"""Settings: read from the environment when a process starts, never at import.

Any `NAME` may be given as `NAME_FILE`, the path of a file whose content is the value; secrets come that way.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared import texts


class MissingSetting(Exception):
    """A setting that this process cannot start without."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A read-only view of the variables, with `_FILE` resolved and numbers bounded."""

    values: Mapping[str, str]

    @classmethod
    def of_process(cls) -> Environment:
        """The environment of this process: the one place that reads it."""
        return cls(dict(os.environ))

    def text(self, name: str, default: str | None = None) -> str:
        """The value of `name`, else the content of the file `name_FILE`, else `default`.

        Raises `MissingSetting` when none of the three is there.
        """
        if name in self.values:
            return self.values[name]
        if f"{name}_FILE" in self.values:
            return Path(self.values[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
        if default is None:
            raise MissingSetting(f"{name} is not set (nor {name}_FILE)")
        return default

    def path(self, name: str) -> Path:
        """A setting that is a path; raises `MissingSetting`."""
        return Path(self.text(name))

    def integer(self, name: str, default: int, *, at_least: int = 0, at_most: int = 1_000_000) -> int:
        """A whole number within bounds; raises `MissingSetting` for anything else."""
        number = texts.whole_number(self.text(name, str(default)))
        if number is None or not at_least <= number <= at_most:
            raise MissingSetting(f"{name} must be a whole number from {at_least} to {at_most}")
        return number


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What a service's web process needs."""

    database_url: str
    public_keys: Path
    pool_size: int
    log_level: str
    secrets_key: str  # "": cursors of lists hold until the process stops

    @classmethod
    def load(cls, environment: Environment) -> WebSettings:
        """From the environment; raises `MissingSetting`."""
        return cls(
            database_url=environment.text("DATABASE_URL"),
            public_keys=environment.path("PUBLIC_KEYS_DIR"),
            pool_size=environment.integer("DATABASE_POOL_SIZE", 8, at_least=1, at_most=100),
            log_level=environment.text("LOG_LEVEL", "INFO"),
            secrets_key=environment.text("SECRETS_KEY", ""),
        )


@dataclass(frozen=True, slots=True)
class BackgroundSettings:
    """What every process of a service without a web server needs."""

    database_url: str
    metrics_host: str
    metrics_port: int  # 0: none

    @classmethod
    def load(cls, environment: Environment) -> BackgroundSettings:
        """From the environment; raises `MissingSetting`."""
        return cls(
            database_url=environment.text("WORKER_DATABASE_URL"),
            metrics_host=environment.text("METRICS_HOST", "127.0.0.1"),
            metrics_port=environment.integer("METRICS_PORT", 0, at_most=65_535),
        )


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What the role `worker` needs besides: the bus, and the keys for its events."""

    bus_url: str
    public_keys: Path
    signing_key: Path
    settle_age_seconds: int

    @classmethod
    def load(cls, environment: Environment) -> WorkerSettings:
        """From the environment; raises `MissingSetting`."""
        return cls(
            bus_url=environment.text("BUS_URL"),
            public_keys=environment.path("PUBLIC_KEYS_DIR"),
            signing_key=environment.path("SIGNING_KEY_FILE"),
            settle_age_seconds=environment.integer("SETTLE_AGE_SECONDS", 120, at_least=1, at_most=86_400),
        )
