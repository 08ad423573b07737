"""`python -m services.billing migrate | worker | jobs | background | openapi | dead-letters | purge | check-books`."""

from __future__ import annotations

import sys

from services.billing.app import SERVICE
from shared.command_line import main

sys.exit(main(SERVICE))
