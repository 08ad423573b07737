"""`python -m services.identity migrate | worker | jobs | background | openapi | dead-letters | purge`."""

import sys

from services.identity.app import SERVICE
from shared.command_line import main

sys.exit(main(SERVICE))
