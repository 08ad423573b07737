"""Everything that the gateway answers, as two tables of one `Row` type: `api.py` and `pages.py`."""
