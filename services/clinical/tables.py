"""The declarative base of clinical's models, and the tables that every service has."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from shared.database.session import COLUMN_TYPES, metadata
from shared.tables import add_common_tables
from shared.work_items.models import add_work_item_tables


class Base(DeclarativeBase):
    """Base of every model of this service."""

    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


add_common_tables(Base.metadata)
add_work_item_tables(Base.metadata)
