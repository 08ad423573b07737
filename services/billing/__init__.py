"""Billing: what services cost, what was invoiced and paid, and the ledger that must agree with all of it.

Owns the service catalogue with its effective-dated rates, invoices, payments, refunds, and the double-entry journal.
"""
