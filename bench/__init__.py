"""The measures, each beside the least code that does the same, in the same run. `make bench`.

Absolute times hold for the machine of the moment; the ratios are what is compared. Rounds in which something else
used the processors are measured again, up to a limit, and marked when none was quiet.
"""
