"""`python -m services.clients migrate | worker | jobs | background | openapi | dead-letters | purge`."""

import sys

from services.clients.app import SERVICE
from shared.command_line import main

sys.exit(main(SERVICE))
