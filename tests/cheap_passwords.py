"""`python -m tests.cheap_passwords module …`: what `python -m module …` does, with passwords hashed in no time.

A practice of the tests costs a dozen hashes of 32 ms each, and a run has some hundred practices. The stacks whose tests
are about something else begin identity's web process with this module; the product has no setting for it. Where a test
measures what hashing costs, `really_hashing` (tests/running.py) gives that process the product's own cost.
"""

from __future__ import annotations

import os
import runpy
import sys

from argon2 import PasswordHasher

from services.identity.passwords import rules

REALLY_HASH = "REALLY_HASH"

if __name__ == "__main__":
    if not os.environ.get(REALLY_HASH):
        rules.PASSWORDS = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
