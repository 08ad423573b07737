"""`python -m services.clinical migrate | worker | jobs | background | openapi | dead-letters | purge`."""

import sys

from services.clinical.app import SERVICE
from shared.command_line import main

sys.exit(main(SERVICE))
