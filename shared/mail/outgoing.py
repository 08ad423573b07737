"""Writing a message down in the transaction that causes it, and letting go what was held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, update

from shared import clock
from shared.database.session import Session
from shared.ids import new_id
from shared.mail.models import Mail

LAPSED: Final = timedelta(seconds=1)  # after the end of its use a message is given up


def write(
    session: Session,
    organization_id: UUID,
    recipient: str,
    template: str,
    values: dict[str, Any],
    useful: timedelta,
    *,
    bucket: int | None,
    held: bool = False,
    about: UUID | None = None,
) -> None:
    """Write a message down; it goes out once this transaction has committed, if at all within `useful`.

    `template`: its name among the service's. `values`: JSON; a `path` among them becomes a `link` when it is sent.
    `bucket`: where it counts toward the limits of its address, see `limits.bucket_of`. One that is `held` waits for
    `release`. `about`: the record without which it is not worth sending.
    """
    now = clock.now()
    session.add(
        Mail(
            organization_id=organization_id,
            id=new_id(),
            recipient=recipient,
            template=template,
            values=values,
            created_at=now,
            useful_until=now + useful,
            next_try_at=now + useful + LAPSED if held else now,
            held=held,
            about=about,
            bucket=bucket,
        )
    )


def release(session: Session, organization_id: UUID, still_useful: ColumnExpressionArgument[bool]) -> None:
    """Send what an organization's mail was held for, as far as `still_useful` holds of it; the rest lapses."""
    statement = update(Mail).where(Mail.organization_id == organization_id, Mail.held, still_useful)
    released = statement.values(held=False, next_try_at=clock.now())
    session.execute(released, execution_options={"synchronize_session": False})
