"""The gateway's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.services import SERVICES
from shared.settings import Environment


@dataclass(frozen=True, slots=True)
class Settings:
    """From the environment. Rates are per minute and process.

    `at_once` is what may be under way in one process: of an account at each service, of an address before sign-in,
    of everybody before sign-in, and of everybody at one service.
    """

    upstreams: Mapping[str, str]  # service -> base address
    sessions: str  # where it is asked whose session a token is: a process of identity's that does nothing else
    signing_key: Path
    per_account: int
    per_address: int
    sign_ups_per_address: int
    at_once_per_account: int
    anonymous_at_once_per_address: int
    anonymous_at_once: int
    at_once_per_upstream: int
    failed_sign_ins_per_address: int
    metrics_port: int  # 0: /metrics is served on every port; else on this one alone
    trusted_proxies: int  # how many proxies in front append to X-Forwarded-For
    public_url: str  # the address that browsers use: pages are served under its name alone
    log_level: str

    @classmethod
    def load(cls, environment: Environment) -> Settings:
        """Raises `MissingSetting`."""
        return cls(
            upstreams={name: environment.text(f"{name.upper()}_URL") for name in SERVICES},
            sessions=environment.text("IDENTITY_SESSIONS_URL", environment.text("IDENTITY_URL")),
            signing_key=environment.path("SIGNING_KEY_FILE"),
            per_account=environment.integer("RATE_PER_ACCOUNT", 6_000, at_least=1),
            per_address=environment.integer("RATE_PER_ADDRESS", 12_000, at_least=1),
            sign_ups_per_address=environment.integer("RATE_SIGN_UPS_PER_ADDRESS", 60, at_least=1),
            at_once_per_account=environment.integer("AT_ONCE_PER_ACCOUNT", 5, at_least=1),
            anonymous_at_once_per_address=environment.integer("ANONYMOUS_AT_ONCE_PER_ADDRESS", 16, at_least=1),
            anonymous_at_once=environment.integer("ANONYMOUS_AT_ONCE", 4, at_least=1),
            at_once_per_upstream=environment.integer("AT_ONCE_PER_UPSTREAM", 20, at_least=1),
            failed_sign_ins_per_address=environment.integer("RATE_FAILED_SIGN_INS_PER_ADDRESS", 30, at_least=1),
            metrics_port=environment.integer("METRICS_PORT", 0, at_most=65_535),
            trusted_proxies=environment.integer("TRUSTED_PROXIES", 0, at_most=5),
            public_url=environment.text("PUBLIC_URL", "http://localhost:8080"),
            log_level=environment.text("LOG_LEVEL", "INFO"),
        )
