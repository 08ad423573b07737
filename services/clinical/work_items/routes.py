"""The endpoints of clinical's work items."""

from services.clinical.work_items.queries import HOST
from shared.work_items.routes import routes_of

ROUTES = routes_of(HOST)
