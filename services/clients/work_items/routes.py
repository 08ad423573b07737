"""The endpoints of clients's work items."""

from services.clients.work_items.queries import HOST
from shared.work_items.routes import routes_of

ROUTES = routes_of(HOST)
