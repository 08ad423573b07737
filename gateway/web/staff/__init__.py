"""The staff: who they are, what they may do, who joins and who leaves."""
