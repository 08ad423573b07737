"""Others doing the plain job, and the two floors: each is a program of its own that `bench.contest` starts.

The plain job: commit a note, publish it after the commit, consume it, insert one invoice row, commit, acknowledge. It
keeps none of Caseload's promises: there is no outbox, no signature, no tenant and no audit row. The peers run in an
environment of their own and import nothing of Caseload.
"""
