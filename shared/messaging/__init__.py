"""From outbox to inbox: nothing lost, nothing applied twice, whatever is killed wherever.

`outbox` is what commands use. `relay`, `consumer` and `receipts` run in the worker over a `transport`.
"""
