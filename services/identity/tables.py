"""The declarative base of identity's models, and the tables that every service has."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from shared.database.session import COLUMN_TYPES, metadata
from shared.files.models import add_file_tables
from shared.mail.models import add_mail_tables
from shared.tables import add_common_tables


class Base(DeclarativeBase):
    """Base of every model of this service."""

    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


add_common_tables(Base.metadata)
add_mail_tables(Base.metadata)
add_file_tables(Base.metadata)
