"""Adding a version of the cancellation policy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from services.identity.cancellation_policies.models import CancellationPolicy
from services.identity.cancellation_policies.queries import latest_version
from services.identity.cancellation_policies.rules import EffectiveTooEarly
from services.identity.organization.queries import own_organization
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session
from shared.ids import new_id_of


@dataclass(frozen=True, slots=True)
class PolicyDetails:
    """The next version: the first date of service, the notice in hours, the fees in cents, what clients agree to."""

    effective_from: date
    notice_hours: int
    late_cancel_fee_cents: int
    no_show_fee_cents: int
    text: str


def add_version(session: Session, actor: Person, details: PolicyDetails) -> CancellationPolicy:
    """The next version. Raises `EffectiveTooEarly`."""
    own_organization(session, actor, for_update=True)  # one version at a time
    latest = latest_version(session, actor)
    if latest is not None and details.effective_from < latest.effective_from:
        raise EffectiveTooEarly()
    policy = CancellationPolicy(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        version=latest.version + 1 if latest else 1,
        created_by=actor.staff_id,
        created_at=clock.now(),
        **asdict(details),
    )
    session.add(policy)
    session.flush()
    audit.describe(session, object_id=policy.id, version=policy.version)
    return policy
