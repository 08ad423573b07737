"""Logos from before pictures were read strictly lose what they say besides. Runs again if interrupted.

Exif, comments and texts may say who took a photograph, when and where. A file that the strict reader refuses, because
it is cut short or moves, stays as it is.
"""

from alembic import op
from sqlalchemy import text

from shared.database.migration import earlier_rows
from shared.pictures import jpeg, png
from shared.pictures.limits import Limits, NoPicture

revision = "identity_0047"
down_revision = "identity_0043"
EARLIER = Limits(4_000, 16_000_000)  # as large as a logo could be then


def upgrade() -> None:
    """One picture at a time, and a write only where there is something to leave out."""
    read = text("SELECT content FROM logos WHERE organization_id = :organization_id AND id = :id")
    write = text("UPDATE logos SET content = :content WHERE organization_id = :organization_id AND id = :id")
    for batch in earlier_rows("logos", ["media_type"]):
        for row in batch:
            key = {"organization_id": row.organization_id, "id": row.id}
            content = bytes(op.get_bind().execute(read, key).scalar_one())
            reader = png if row.media_type == "image/png" else jpeg
            try:
                drawn = reader.drawn(content, EARLIER)
            except NoPicture:
                continue
            if drawn != content:
                op.get_bind().execute(write, {**key, "content": drawn})
