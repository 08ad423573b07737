"""Which of the steady clients stands for what: each state that the app shows occurs, at every size."""

from __future__ import annotations

from typing import Final

# Clients by their number in the demo. All happen in the last whole weeks, whatever weekday today is.
NEVER_PAYS: Final = 0  # overdue
CHECK_BOUNCES: Final = 1
ADDENDUM: Final = 4
PAID_HALF: Final = 4
NOT_SIGNED: Final = 5  # a draft
PAYS_TWICE: Final = 5  # the second is undone
TO_APPROVE: Final = 6  # a submitted note
OVERPAYS: Final = 6  # and gets some back
TO_CO_SIGN: Final = 7
PAYS_AHEAD: Final = 7  # credit
AMENDED: Final = 8
VOIDED: Final = 8  # an invoice
TOO_SHORT: Final = 9  # minutes that do not fit: a held draft
RETURNED: Final = 10
NEXT_PLAN: Final = 11  # not signed yet
NOT_INVOICED: Final = frozenset({4, 11})  # drafts of the last whole week that nobody has issued
TWICE: Final = 3  # whom the front desk adds once more by mistake
EMERGENCY: Final = 2  # whose record was opened, by whom their clinician is not
