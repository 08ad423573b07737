"""Pairs of clients who may be the same person, and marks of clients for whom they are to be looked for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table, protect_worker_table

revision = "clients_0093"
down_revision = "clients_0087"

# What the finder compares; a status or an address says nothing of who somebody is.
COMPARED = [
    "given_name",
    "family_name",
    "middle_name",
    "preferred_name",
    "former_names",
    "date_of_birth",
    "phone",
    "email_key",
]


def upgrade() -> None:
    """A trigger marks, also for the code before this one. A mark is a row of its own: nobody waits for another's."""
    uuid = sa.UUID()
    op.create_table(
        "client_pairs",
        sa.Column("organization_id", uuid, nullable=False),
        sa.Column("id", uuid, nullable=False),
        sa.Column("client_id", uuid, nullable=False),
        sa.Column("other_id", uuid, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_by", uuid, nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("client_id < other_id", name=op.f("ck_client_pairs_order")),
        sa.CheckConstraint("(dismissed_at IS NULL) = (dismissed_by IS NULL)", name=op.f("ck_client_pairs_dismissed")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                ["clients.organization_id", "clients.id"],
                name=op.f(f"fk_client_pairs_{column}_clients"),
                ondelete="CASCADE",
            )
            for column in ("client_id", "other_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_pairs")),
    )
    op.create_index("uq_client_pairs", "client_pairs", ["organization_id", "client_id", "other_id"], unique=True)
    op.create_index("ix_client_pairs_other_id", "client_pairs", ["organization_id", "other_id"])
    for name, condition in (("ix_client_pairs_score", "IS NULL"), ("ix_client_pairs_dismissed", "IS NOT NULL")):
        op.create_index(
            name,
            "client_pairs",
            ["organization_id", "score", "id"],
            postgresql_where=sa.text(f"dismissed_at {condition}"),
        )
    protect_tenant_table("clients", "client_pairs")
    op.create_table(
        "client_pair_marks",
        sa.Column("organization_id", uuid, nullable=False),
        sa.Column("id", uuid, nullable=False),
        sa.Column("client_id", uuid, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_pair_marks")),
    )
    protect_worker_table("clients", "client_pair_marks", "INSERT", "SELECT, INSERT, DELETE")
    op.execute(
        """
        CREATE FUNCTION mark_client_pairs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO client_pair_marks (organization_id, id, client_id)
            VALUES (NEW.organization_id, gen_random_uuid(), NEW.id);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER clients_marked_new AFTER INSERT ON clients FOR EACH ROW EXECUTE FUNCTION mark_client_pairs()"
    )
    before, after = (", ".join(f"{row}.{column}" for column in COMPARED) for row in ("OLD", "NEW"))
    op.execute(
        f"CREATE TRIGGER clients_marked AFTER UPDATE OF {', '.join(COMPARED)} ON clients FOR EACH ROW "
        f"WHEN (({before}) IS DISTINCT FROM ({after})) EXECUTE FUNCTION mark_client_pairs()"
    )
